package dev.vitrail.runtime.parquet;

import dev.vitrail.runtime.parquet.ParquetColumn.Kind;
import java.util.List;

/**
 * A node of the schema, whose tree the format lists depth first.
 *
 * @param name the node's name
 * @param repetition required, optional or repeated
 * @param type the type of a leaf's values, -1 for a group
 * @param children the number of nodes below a group
 * @param meaning what a reader makes of it
 */
record SchemaElement(String name, int repetition, int type, int children, Meaning meaning) {
    static final int REQUIRED = 0;
    private static final int OPTIONAL = 1;
    private static final int REPEATED = 2;
    private static final int GROUP = -1;

    /** The older and the newer name of a meaning, both of which readers look for. */
    private enum Meaning {
        PLAIN(-1, -1),
        TEXT(0, 1),
        LIST(3, 3);

        final int convertedType;
        final int logicalType;

        Meaning(int convertedType, int logicalType) {
            this.convertedType = convertedType;
            this.logicalType = logicalType;
        }
    }

    static SchemaElement group(String name, int repetition, int children, boolean isList) {
        return new SchemaElement(
                name, repetition, GROUP, children, isList ? Meaning.LIST : Meaning.PLAIN);
    }

    /** The nodes of a column; a list has the three levels that the specification asks for. */
    static List<SchemaElement> of(ParquetColumn column) {
        int repetition = column.nullable() ? OPTIONAL : REQUIRED;
        int type = column.kind().type;
        if (column.isList()) {
            return List.of(
                    group(column.name(), repetition, 1, true),
                    group("list", REPEATED, 1, false),
                    new SchemaElement("element", REQUIRED, type, 0, Meaning.PLAIN));
        }
        Meaning meaning = column.kind() == Kind.STRING ? Meaning.TEXT : Meaning.PLAIN;
        return List.of(new SchemaElement(column.name(), repetition, type, 0, meaning));
    }

    /** Where a column's values are in the tree. */
    static List<String> path(ParquetColumn column) {
        return column.isList() ? List.of(column.name(), "list", "element") : List.of(column.name());
    }

    void writeTo(ThriftStruct struct) {
        if (type != GROUP) {
            struct.i32(1, type);
        }
        struct.i32(3, repetition).text(4, name);
        if (type == GROUP) {
            struct.i32(5, children);
        }
        if (meaning != Meaning.PLAIN) {
            struct.i32(6, meaning.convertedType)
                    .struct(10, union -> union.struct(meaning.logicalType, none -> {}));
        }
    }
}
