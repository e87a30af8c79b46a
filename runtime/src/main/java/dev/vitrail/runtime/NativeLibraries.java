package dev.vitrail.runtime;

import ai.onnxruntime.OrtEnvironment;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;

/**
 * Keeps ONNX Runtime's native libraries unpacked. Its Java package otherwise unpacks 28 MB at every
 * start, 0.2 seconds of processor time, and leaves them behind where the process is killed.
 *
 * <p>Only where the system property {@value #CACHE} names a folder, as the {@code vitrail}
 * command's launcher does. The files are compared with the jar's sizes and checksums at every
 * start, and replaced one by one where they differ: neither another version, nor a start at the
 * same time, nor one that was killed matters. Whatever goes wrong, ONNX Runtime unpacks for itself.
 */
final class NativeLibraries {
    /** The property that names the folder in which the libraries' own folder is made. */
    static final String CACHE = "vitrail.cache";

    private static final String LIBRARY_PATH = "onnxruntime.native.path";
    private static final String IN_JAR = "ai/onnxruntime/native/";

    private NativeLibraries() {}

    /** Before ONNX Runtime's first class is initialised. */
    static synchronized void prepare() {
        String cache = System.getProperty(CACHE, "");
        if (cache.isEmpty() || System.getProperty(LIBRARY_PATH) != null) {
            return;
        }
        try {
            Path jar =
                    Path.of(
                            OrtEnvironment.class
                                    .getProtectionDomain()
                                    .getCodeSource()
                                    .getLocation()
                                    .toURI());
            Path folder = unpack(jar, platform(), Path.of(cache));
            // From a file system without programs they cannot be loaded.
            System.load(
                    folder.resolve(System.mapLibraryName("onnxruntime"))
                            .toAbsolutePath()
                            .toString());
            System.setProperty(LIBRARY_PATH, folder.toAbsolutePath().toString());
        } catch (IOException | URISyntaxException | UnsatisfiedLinkError | RuntimeException e) {
            System.getLogger(NativeLibraries.class.getName())
                    .log(System.Logger.Level.DEBUG, "ONNX Runtime unpacks for itself", e);
        }
    }

    /** As ONNX Runtime names them. */
    private static String platform() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String name = system.contains("mac") ? "osx" : system.contains("win") ? "win" : "linux";
        String processor = System.getProperty("os.arch");
        return name
                + '-'
                + (processor.equals("amd64") || processor.equals("x86_64") ? "x64" : processor);
    }

    /**
     * Unpacks the libraries of a platform.
     *
     * @return the folder that holds them whole
     */
    static Path unpack(Path jar, String platform, Path cache) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            String prefix = IN_JAR + platform + '/';
            List<ZipEntry> libraries =
                    file.stream()
                            .map(ZipEntry.class::cast)
                            .filter(entry -> entry.getName().startsWith(prefix))
                            .filter(entry -> entry.getName().indexOf('/', prefix.length()) < 0)
                            .filter(entry -> entry.getName().length() > prefix.length())
                            .toList();
            if (libraries.isEmpty()) {
                throw new IOException(jar + ": holds no libraries for " + platform);
            }
            // Sums of several versions differ, and so their folders.
            long sum = libraries.stream().mapToLong(ZipEntry::getCrc).reduce(0, Long::sum);
            Path folder = cache.resolve("onnxruntime-" + platform + '-' + Long.toHexString(sum));
            makeOwnFolder(folder);
            for (ZipEntry library : libraries) {
                Path target = folder.resolve(library.getName().substring(prefix.length()));
                if (!holds(target, library)) {
                    write(file, library, target);
                }
            }
            return folder;
        }
    }

    /** What is loaded must not come from others. */
    private static void makeOwnFolder(Path folder) throws IOException {
        boolean posix = folder.getFileSystem().supportedFileAttributeViews().contains("posix");
        if (!posix) {
            Files.createDirectories(folder);
            return;
        }
        Files.createDirectories(folder.getParent());
        Set<PosixFilePermission> own = PosixFilePermissions.fromString("rwx------");
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            Path made = Files.createTempDirectory(folder.getParent(), "onnxruntime-");
            try {
                Files.move(made, folder, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                // Another start was first.
                Files.delete(made);
            }
        }
        PosixFileAttributes found =
                Files.readAttributes(folder, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!found.isDirectory() || !own.containsAll(found.permissions())) {
            throw new IOException(folder + ": is not this user's alone");
        }
        Path mine = Files.createTempFile(folder, ".", ".owner");
        boolean isMine = Files.getOwner(mine).equals(found.owner());
        Files.delete(mine);
        if (!isMine) {
            throw new IOException(folder + ": is another user's");
        }
    }

    private static boolean holds(Path file, ZipEntry library) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                || Files.size(file) != library.getSize()) {
            return false;
        }
        CRC32 sum = new CRC32();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            sum.update(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size()));
        }
        return sum.getValue() == library.getCrc();
    }

    private static void write(JarFile jar, ZipEntry library, Path target) throws IOException {
        Path part = Files.createTempFile(target.getParent(), ".", ".part");
        try (InputStream content = jar.getInputStream(library)) {
            Files.copy(content, part, StandardCopyOption.REPLACE_EXISTING);
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part);
        }
    }
}
