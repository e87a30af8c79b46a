package dev.vitrail.converter.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads what {@link GraphText} describes, one line after the other. */
final class GraphParser {
    private static final Pattern TOKEN =
            Pattern.compile(
                    "\\s*(?:(?<quoted>\"(?:[^\"\\\\]|\\\\.)*\")|(?<dots>\\.\\.\\.)"
                            + "|(?<bare>"
                            + GraphPrinter.BARE.pattern()
                            + ")|(?<sign>::|[^\\s]))");

    private final Function<Value, TensorData> elements;
    private final TreeMap<String, Integer> opsets = new TreeMap<>();
    private final List<Value> inputs = new ArrayList<>();
    private final List<Value> outputs = new ArrayList<>();
    private final List<Initializer> initializers = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();
    private final Map<String, Value> known = new HashMap<>();
    private String name;

    /** What is left of the line: words and signs; quoted words begin with a quote. */
    private List<String> line;

    private int at;

    GraphParser(Function<Value, TensorData> elements) {
        this.elements = elements;
    }

    Graph parse(String text) {
        String[] lines = text.split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            if (lines[i].isBlank() || lines[i].strip().startsWith("#")) {
                continue;
            }
            try {
                line = tokens(lines[i]);
                at = 0;
                line();
                if (at < line.size()) {
                    throw new IllegalArgumentException("\"" + line.get(at) + "\" is too much");
                }
            } catch (RuntimeException e) {
                throw new IllegalArgumentException(
                        "line " + (i + 1) + ": " + e.getMessage() + " in: " + lines[i].strip(), e);
            }
        }
        if (name == null) {
            throw new IllegalArgumentException("the text does not begin with \"graph\"");
        }
        return new Graph(name, opsets, inputs, outputs, initializers, nodes);
    }

    private void line() {
        if (name == null) {
            expect("graph");
            name = word();
            expect("opset");
            opsets.put("", Integer.parseInt(word()));
            while (skip(",")) {
                opsets.put(word(), Integer.parseInt(word()));
            }
        } else if (begins("input")) {
            inputs.add(define(typed()));
        } else if (begins("output")) {
            outputs.add(value(word()));
        } else if (begins("weight")) {
            Value value = define(typed());
            expect("=");
            TensorData data = elements(value.type(), value);
            initializers.add(new Initializer(value.name(), value.type(), data));
        } else {
            nodes.add(node());
        }
    }

    private Node node() {
        List<Value> results = new ArrayList<>();
        do {
            results.add(skip("_") ? Value.ABSENT : typed());
        } while (skip(","));
        expect("=");
        String operator = word();
        String domain = "";
        if (skip("::")) {
            domain = operator;
            operator = word();
        }
        expect("(");
        List<Value> operands = new ArrayList<>();
        while (!skip(")")) {
            boolean absent = peek(",") || peek(")");
            operands.add(absent ? Value.ABSENT : value(word()));
            if (!peek(")")) {
                expect(",");
            }
        }
        TreeMap<String, Attribute> attributes = new TreeMap<>();
        if (skip("{")) {
            do {
                String key = word();
                expect("=");
                attributes.put(key, attribute());
            } while (skip(","));
            expect("}");
        }
        String nodeName = skip("@") ? word() : results.get(0).name();
        String documentation = at < line.size() ? word() : "";
        results.stream().filter(v -> !v.isAbsent()).forEach(this::define);
        return new Node(domain, operator, nodeName, operands, results, attributes, documentation);
    }

    private Attribute attribute() {
        if (skip("[")) {
            List<Attribute> parts = new ArrayList<>();
            do {
                parts.add(attribute());
            } while (skip(","));
            expect("]");
            return list(parts);
        }
        String next = line.get(at);
        if (next.startsWith("\"")) {
            return Attribute.of(word());
        }
        if (at + 1 < line.size() && line.get(at + 1).equals("[")) {
            return listOrTensor(next);
        }
        String number = word();
        boolean whole = number.matches("-?\\d+");
        return whole
                ? Attribute.of(Long.parseLong(number))
                : Attribute.of(Float.parseFloat(number));
    }

    private Attribute listOrTensor(String kind) {
        boolean emptyList = List.of("ints", "floats", "texts").contains(kind);
        if (!emptyList) {
            TensorType type = type();
            return new Attribute.Tensor(type, elements(type, new Value("value", type)));
        }
        word();
        expect("[");
        expect("]");
        return switch (kind) {
            case "ints" -> Attribute.ints();
            case "floats" -> Attribute.floats();
            default -> new Attribute.Texts(List.of());
        };
    }

    private static Attribute list(List<Attribute> parts) {
        if (parts.get(0) instanceof Attribute.Int) {
            return new Attribute.Ints(
                    parts.stream().map(p -> ((Attribute.Int) p).value()).toList());
        }
        if (parts.get(0) instanceof Attribute.Float) {
            return new Attribute.Floats(
                    parts.stream().map(p -> ((Attribute.Float) p).value()).toList());
        }
        return new Attribute.Texts(parts.stream().map(p -> ((Attribute.Text) p).value()).toList());
    }

    private TensorData elements(TensorType type, Value value) {
        if (skip("...")) {
            return elements.apply(value);
        }
        expect("{");
        List<String> numbers = new ArrayList<>();
        while (!skip("}")) {
            numbers.add(word());
            skip(",");
        }
        boolean floating =
                type.elementType() == ElementType.FLOAT || type.elementType() == ElementType.DOUBLE;
        if (floating) {
            double[] values = numbers.stream().mapToDouble(Double::parseDouble).toArray();
            return Constant.ofDoubles(type, values).data();
        }
        return Constant.ofLongs(type, numbers.stream().mapToLong(Long::parseLong).toArray()).data();
    }

    private Value typed() {
        String valueName = word();
        expect(":");
        return new Value(valueName, type());
    }

    private TensorType type() {
        ElementType element = ElementType.ofText(word());
        List<Dim> dims = new ArrayList<>();
        expect("[");
        while (!skip("]")) {
            dims.add(Dim.ofText(word()));
            skip(",");
        }
        return new TensorType(element, dims);
    }

    private Value define(Value value) {
        known.put(value.name(), value);
        return value;
    }

    private Value value(String valueName) {
        Value value = known.get(valueName);
        if (value == null) {
            throw new IllegalArgumentException("\"" + valueName + "\" is not defined above");
        }
        return value;
    }

    private boolean begins(String word) {
        boolean keyword = line.size() > 1 && !List.of(":", ",", "=").contains(line.get(1));
        return keyword && skip(word);
    }

    private boolean peek(String token) {
        return at < line.size() && line.get(at).equals(token);
    }

    private boolean skip(String token) {
        boolean there = peek(token);
        at += there ? 1 : 0;
        return there;
    }

    private void expect(String token) {
        if (!skip(token)) {
            throw new IllegalArgumentException(
                    "\""
                            + token
                            + "\" is missing before \""
                            + (at < line.size() ? line.get(at) : "")
                            + "\"");
        }
    }

    private String word() {
        if (at >= line.size()) {
            throw new IllegalArgumentException("something is missing at the end");
        }
        String token = line.get(at++);
        if (!token.startsWith("\"")) {
            return token;
        }
        StringBuilder text = new StringBuilder();
        for (int i = 1; i < token.length() - 1; i++) {
            char c = token.charAt(i);
            if (c == '\\') {
                i++;
                c = token.charAt(i) == 'n' ? '\n' : token.charAt(i);
            }
            text.append(c);
        }
        return text.toString();
    }

    private static List<String> tokens(String text) {
        List<String> tokens = new ArrayList<>();
        Matcher matcher = TOKEN.matcher(text.stripTrailing());
        while (matcher.lookingAt()) {
            tokens.add(matcher.group().strip());
            matcher.region(matcher.end(), text.stripTrailing().length());
        }
        return tokens;
    }
}
