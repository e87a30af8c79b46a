package dev.vitrail.zoo.data;

import java.util.Comparator;

/**
 * Orders names by code points, as other tools that sort class folders do. {@link String#compareTo}
 * compares UTF-16 units instead and puts characters beyond U+FFFF before some below it.
 */
final class CodePointOrder implements Comparator<String> {

    static final CodePointOrder INSTANCE = new CodePointOrder();

    private CodePointOrder() {}

    @Override
    public int compare(String left, String right) {
        int length = Math.min(left.length(), right.length());
        for (int i = 0; i < length; i++) {
            char leftUnit = left.charAt(i);
            char rightUnit = right.charAt(i);
            if (leftUnit != rightUnit) {
                boolean sameKind =
                        Character.isSurrogate(leftUnit) == Character.isSurrogate(rightUnit);
                // Only surrogates stand for code points above every single unit.
                return sameKind
                        ? Character.compare(leftUnit, rightUnit)
                        : Character.isSurrogate(leftUnit) ? 1 : -1;
            }
        }
        return Integer.compare(left.length(), right.length());
    }
}
