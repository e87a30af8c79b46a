package dev.vitrail.zoo.train;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.StandardCapabilities;
import dev.vitrail.zoo.ZooException;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Where a network is trained and evaluated. */
public enum TrainingDevice {
    /** A GPU where there is one, otherwise the CPU. */
    AUTO {
        @Override
        public Device resolve() {
            return gpus() > 0 ? Device.gpu() : Device.cpu();
        }
    },
    /** The CPU. */
    CPU {
        @Override
        public Device resolve() {
            return Device.cpu();
        }
    },
    /** The first GPU; never silently something else. */
    GPU {
        @Override
        public Device resolve() {
            requireGpu();
            return Device.gpu();
        }
    },
    /**
     * All GPUs, which share each batch. {@code CUDA_VISIBLE_DEVICES} in the environment says which
     * these are. What is evaluated runs on the first.
     */
    GPUS {
        @Override
        public Device resolve() {
            return GPU.resolve();
        }

        @Override
        List<Device> devices() {
            requireGpu();
            return IntStream.range(0, gpus()).mapToObj(Device::gpu).toList();
        }
    };

    /**
     * Chooses the engine's device.
     *
     * @return the device
     * @throws ZooException if a GPU was asked for and there is none
     */
    public abstract Device resolve();

    /** Where a training runs; its weights are those of the first. */
    List<Device> devices() {
        return List.of(resolve());
    }

    /** The word on a command line: {@code auto}, {@code cpu}, {@code gpu} or {@code gpus}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    void requireGpu() {
        if (gpus() == 0) {
            throw new ZooException(
                    "device "
                            + this
                            + ": the engine ("
                            + Engine.getInstance().getEngineName()
                            + " "
                            + Engine.getInstance().getVersion()
                            + ") sees no GPU; use cpu, or install a driver and the engine's CUDA"
                            + " library");
        }
    }

    private static int gpus() {
        Engine engine = Engine.getInstance();
        return engine.hasCapability(StandardCapabilities.CUDA) ? engine.getGpuCount() : 0;
    }
}
