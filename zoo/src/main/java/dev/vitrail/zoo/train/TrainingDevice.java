package dev.vitrail.zoo.train;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.StandardCapabilities;
import dev.vitrail.zoo.ZooException;
import java.util.Locale;

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
            if (gpus() == 0) {
                throw new ZooException(
                        "device gpu: the engine ("
                                + Engine.getInstance().getEngineName()
                                + " "
                                + Engine.getInstance().getVersion()
                                + ") sees no GPU; use cpu, or install a driver and the engine's"
                                + " CUDA library");
            }
            return Device.gpu();
        }
    };

    /**
     * Chooses the engine's device.
     *
     * @return the device
     * @throws ZooException if a GPU was asked for and there is none
     */
    public abstract Device resolve();

    /** The word on a command line: {@code auto}, {@code cpu} or {@code gpu}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    private static int gpus() {
        Engine engine = Engine.getInstance();
        return engine.hasCapability(StandardCapabilities.CUDA) ? engine.getGpuCount() : 0;
    }
}
