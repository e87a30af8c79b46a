package dev.vitrail.converter.testing;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.Dropout;
import ai.djl.nn.norm.LayerNorm;
import ai.djl.training.ParameterStore;
import ai.djl.training.initializer.NormalInitializer;
import ai.djl.util.PairList;
import java.util.ArrayList;
import java.util.List;

/** A vision transformer in DJL blocks, small enough for tests and with everything that one has. */
public final class TinyVit extends AbstractBlock {
    private final Config config;
    private final Block patchEmbedding;
    private final Parameter classToken;
    private final Parameter positions;
    private final List<Block> encoder = new ArrayList<>();
    private final Block norm;
    private final Block head;

    public record Config(
            int size, int patch, int dim, int depth, int heads, int classes, boolean average) {
        public static final Config TINY = new Config(32, 8, 48, 3, 4, 10, false);

        int grid() {
            return size / patch;
        }

        public static Config averaging() {
            return new Config(32, 8, 48, 3, 4, 10, true);
        }
    }

    public TinyVit(Config config) {
        this.config = config;
        patchEmbedding =
                addChildBlock(
                        "patch_embed",
                        Conv2d.builder()
                                .setKernelShape(new Shape(config.patch(), config.patch()))
                                .optStride(new Shape(config.patch(), config.patch()))
                                .setFilters(config.dim())
                                .build());
        classToken = addParameter(parameter("cls_token", new Shape(1, 1, config.dim())));
        int tokens = config.grid() * config.grid() + 1;
        positions = addParameter(parameter("pos_embed", new Shape(1, tokens, config.dim())));
        Children blocks = addChildBlock("blocks", new Children());
        for (int i = 0; i < config.depth(); i++) {
            encoder.add(blocks.add(Integer.toString(i), new EncoderBlock(config)));
        }
        norm = addChildBlock("norm", layerNorm());
        head = addChildBlock("head", Linear.builder().setUnits(config.classes()).build());
        setInitializer(new NormalInitializer(0.2f), p -> !p.getName().equals("gamma"));
    }

    public static TinyVit initialised(NDManager manager, Config config) {
        manager.getEngine().setRandomSeed(7);
        TinyVit vit = new TinyVit(config);
        vit.initialize(manager, DataType.FLOAT32, new Shape(1, 3, config.size(), config.size()));
        return vit;
    }

    private static Parameter parameter(String name, Shape shape) {
        return Parameter.builder()
                .setName(name)
                .setType(Parameter.Type.OTHER)
                .optShape(shape)
                .build();
    }

    static LayerNorm layerNorm() {
        return LayerNorm.builder().axis(2).optEpsilon(1e-6f).build();
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store,
            NDList inputs,
            boolean training,
            PairList<String, Object> params) {
        NDArray patches = patchEmbedding.forward(store, inputs, training).head();
        long batch = patches.getShape().get(0);
        NDArray x = patches.reshape(batch, config.dim(), -1).transpose(0, 2, 1);
        NDArray token =
                store.getValue(classToken, x.getDevice(), training)
                        .broadcast(new Shape(batch, 1, config.dim()));
        x = NDArrays.concat(new NDList(token, x), 1);
        x = x.add(store.getValue(positions, x.getDevice(), training));
        for (Block block : encoder) {
            x = block.forward(store, new NDList(x), training).head();
        }
        NDArray pooled;
        if (config.average()) {
            pooled = x.get(":, 1:").mean(new int[] {1});
            pooled = norm.forward(store, new NDList(pooled.expandDims(1)), training).head();
            pooled = pooled.squeeze(1);
        } else {
            x = norm.forward(store, new NDList(x), training).head();
            pooled = x.get(":, 0");
        }
        return head.forward(store, new NDList(pooled), training);
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... shapes) {
        patchEmbedding.initialize(manager, type, shapes);
        Shape tokens = new Shape(1, config.grid() * config.grid() + 1, config.dim());
        encoder.forEach(block -> block.initialize(manager, type, tokens));
        norm.initialize(manager, type, tokens);
        head.initialize(manager, type, new Shape(1, config.dim()));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        return new Shape[] {new Shape(inputs[0].get(0), config.classes())};
    }

    /** Holds children under names of their own; runs nothing. */
    static final class Children extends AbstractBlock {
        <B extends Block> B add(String name, B block) {
            return addChildBlock(name, block);
        }

        @Override
        protected NDList forwardInternal(
                ParameterStore store,
                NDList inputs,
                boolean training,
                PairList<String, Object> params) {
            throw new UnsupportedOperationException("only holds blocks");
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputs) {
            return inputs;
        }
    }

    static final class EncoderBlock extends AbstractBlock {
        private final Block norm1 = addChildBlock("norm1", layerNorm());
        private final Attention attention;
        private final Block norm2 = addChildBlock("norm2", layerNorm());
        private final Mlp mlp;

        EncoderBlock(Config config) {
            attention = addChildBlock("attn", new Attention(config));
            mlp = addChildBlock("mlp", new Mlp(config));
        }

        @Override
        protected NDList forwardInternal(
                ParameterStore store,
                NDList inputs,
                boolean training,
                PairList<String, Object> params) {
            NDArray x = inputs.singletonOrThrow();
            NDArray y = norm1.forward(store, new NDList(x), training).head();
            x = x.add(attention.forward(store, new NDList(y), training).head());
            y = norm2.forward(store, new NDList(x), training).head();
            return new NDList(x.add(mlp.forward(store, new NDList(y), training).head()));
        }

        @Override
        protected void initializeChildBlocks(NDManager manager, DataType type, Shape... shapes) {
            getChildren().values().forEach(child -> child.initialize(manager, type, shapes));
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputs) {
            return inputs;
        }
    }

    static final class Attention extends AbstractBlock {
        private final int heads;
        private final int headDim;
        private final Block qkv;
        private final Block dropout = addChildBlock("drop", Dropout.builder().build());
        private final Block projection;

        Attention(Config config) {
            heads = config.heads();
            headDim = config.dim() / config.heads();
            qkv = addChildBlock("qkv", Linear.builder().setUnits(config.dim() * 3).build());
            projection = addChildBlock("proj", Linear.builder().setUnits(config.dim()).build());
        }

        @Override
        protected NDList forwardInternal(
                ParameterStore store,
                NDList inputs,
                boolean training,
                PairList<String, Object> params) {
            NDArray x = inputs.singletonOrThrow();
            long batch = x.getShape().get(0);
            long tokens = x.getShape().get(1);
            NDArray all =
                    qkv.forward(store, new NDList(x), training)
                            .head()
                            .reshape(batch, tokens, 3, heads, headDim)
                            .transpose(2, 0, 3, 1, 4);
            NDArray scores =
                    all.get(0)
                            .matMul(all.get(1).transpose(0, 1, 3, 2))
                            .mul((float) (1 / Math.sqrt(headDim)));
            NDArray weights =
                    dropout.forward(store, new NDList(scores.softmax(-1)), training).head();
            NDArray y =
                    weights.matMul(all.get(2))
                            .transpose(0, 2, 1, 3)
                            .reshape(batch, tokens, (long) heads * headDim);
            return projection.forward(store, new NDList(y), training);
        }

        @Override
        protected void initializeChildBlocks(NDManager manager, DataType type, Shape... shapes) {
            qkv.initialize(manager, type, shapes);
            dropout.initialize(manager, type, shapes);
            projection.initialize(manager, type, shapes);
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputs) {
            return inputs;
        }
    }

    static final class Mlp extends AbstractBlock {
        private final int dim;
        private final Block first;
        private final Block second;

        Mlp(Config config) {
            dim = config.dim();
            first = addChildBlock("fc1", Linear.builder().setUnits(dim * 4).build());
            second = addChildBlock("fc2", Linear.builder().setUnits(dim).build());
        }

        @Override
        protected NDList forwardInternal(
                ParameterStore store,
                NDList inputs,
                boolean training,
                PairList<String, Object> params) {
            NDList hidden = Activation.gelu(first.forward(store, inputs, training));
            return second.forward(store, hidden, training);
        }

        @Override
        protected void initializeChildBlocks(NDManager manager, DataType type, Shape... shapes) {
            first.initialize(manager, type, shapes);
            second.initialize(manager, type, new Shape(1, shapes[0].get(1), dim * 4));
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputs) {
            return inputs;
        }
    }
}
