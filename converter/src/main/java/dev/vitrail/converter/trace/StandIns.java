package dev.vitrail.converter.trace;

import ai.djl.nn.Block;
import ai.djl.nn.BlockList;
import ai.djl.util.Pair;
import dev.vitrail.converter.error.ExportException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Puts a {@link CustomOperation} in the place of every block of some classes, wherever in a network
 * it is, and takes it out again. DJL lets nobody look on while a block runs, so the block is
 * exchanged where its parent holds it: in a field, or in a list in a field, of which DJL's own list
 * of children is one.
 */
final class StandIns implements AutoCloseable {
    private final Set<Class<? extends Block>> types;
    private final Map<String, CustomOperation> standIns = new LinkedHashMap<>();
    private final List<Runnable> undo = new ArrayList<>();
    private final Block network;

    private StandIns(Block network, Set<Class<? extends Block>> types) {
        this.types = types;
        Block root = network;
        try {
            if (matches(network)) {
                root = standIn(network, "");
            } else if (!types.isEmpty()) {
                exchangeChildren(network, "");
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
        this.network = root;
    }

    static StandIns put(Block network, Set<Class<? extends Block>> types) {
        return new StandIns(network, types);
    }

    /** The network with the stand-ins in it. */
    Block network() {
        return network;
    }

    /** The blocks that have a stand-in, by the word that it is recorded as. */
    Map<String, Block> blocks() {
        Map<String, Block> blocks = new LinkedHashMap<>();
        standIns.forEach((word, standIn) -> blocks.put(word, standIn.block()));
        return blocks;
    }

    /** A block that its parent runs from somewhere else would be exported as it is, silently. */
    void checkEachRan() {
        standIns.forEach(
                (word, standIn) -> {
                    if (!standIn.hasRecorded()) {
                        throw new ExportException(
                                word
                                        + ": was registered to be translated as a whole, but its"
                                        + " parent does not run it from a field or a list of"
                                        + " blocks; wrap it in a CustomOperation where it is made");
                    }
                });
    }

    private boolean matches(Block block) {
        return types.stream().anyMatch(type -> type.isInstance(block));
    }

    /** A block that several parents share has one, named after its first place. */
    private CustomOperation standIn(Block block, String path) {
        for (CustomOperation known : standIns.values()) {
            if (known.block() == block) {
                return known;
            }
        }
        Class<?> type = block.getClass();
        String name = (type.isAnonymousClass() ? type.getSuperclass() : type).getSimpleName();
        String word = name + (path.isEmpty() ? "" : " " + path);
        CustomOperation standIn = new CustomOperation(word, block, block::getOutputShapes);
        standIns.put(word, standIn);
        return standIn;
    }

    private void exchangeChildren(Block parent, String path) {
        Map<String, String> names = ParameterTree.childNames(parent);
        for (Pair<String, Block> child : parent.getChildren()) {
            String name = names.get(child.getKey());
            String childPath = path.isEmpty() ? name : path + "." + name;
            if (matches(child.getValue())) {
                exchange(parent, child.getValue(), standIn(child.getValue(), childPath));
            } else {
                exchangeChildren(child.getValue(), childPath);
            }
        }
    }

    private void exchange(Block parent, Block block, CustomOperation standIn) {
        for (Class<?> type = parent.getClass(); type != Object.class; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers())
                        && !field.getType().isPrimitive()
                        && field.trySetAccessible()) {
                    exchange(parent, field, block, standIn);
                }
            }
        }
    }

    private void exchange(Block parent, Field field, Block block, CustomOperation standIn) {
        Object held = get(field, parent);
        if (held == block) {
            set(parent, field, held, standIn);
        } else if (held instanceof BlockList children && children.values().contains(block)) {
            BlockList exchanged = new BlockList();
            for (Pair<String, Block> child : children) {
                exchanged.add(
                        child.getKey(), child.getValue() == block ? standIn : child.getValue());
            }
            set(parent, field, held, exchanged);
        } else if (held instanceof List<?> list && list.contains(block)) {
            List<Object> exchanged = new ArrayList<>(list);
            exchanged.replaceAll(element -> element == block ? standIn : element);
            set(parent, field, held, exchanged);
        }
    }

    private void set(Block parent, Field field, Object held, Object exchanged) {
        if (!field.getType().isInstance(exchanged)) {
            throw new ExportException(
                    "field "
                            + field.getDeclaringClass().getSimpleName()
                            + "."
                            + field.getName()
                            + ": holds a block that was registered to be translated as a whole, but"
                            + " takes only a "
                            + field.getType().getSimpleName()
                            + "; declare it as Block");
        }
        put(field, parent, exchanged);
        undo.add(0, () -> put(field, parent, held));
    }

    private static Object get(Field field, Block parent) {
        try {
            return field.get(parent);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void put(Field field, Block parent, Object value) {
        try {
            field.set(parent, value);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Everything is as it was. */
    @Override
    public void close() {
        undo.forEach(Runnable::run);
        undo.clear();
    }
}
