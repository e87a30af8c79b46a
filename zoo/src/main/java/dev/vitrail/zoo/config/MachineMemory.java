package dev.vitrail.zoo.config;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** The memory that this process may count on. */
public final class MachineMemory {

    private MachineMemory() {}

    /**
     * All memory of the machine, or of the container that limits it.
     *
     * @return bytes
     */
    public static long bytes() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class)
                .getTotalMemorySize();
    }
}
