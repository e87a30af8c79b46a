package dev.vitrail.zoo.train;

import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.StandardOpenOption;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/**
 * A folder whose files are written through a file system that knows what is on the disk and what
 * only the system has in memory. Before every change (a write, a truncation, a force, a rename, a
 * link, a deletion) it tells what would be found after a crash at that moment.
 */
final class WatchedFolder {

    /** What a crash may leave of a folder. */
    enum Crash {
        /** The process ended: all that was done is there. */
        KILLED,
        /** Power failed: names are as they were given, files have what was forced. */
        NAMES_KEPT,
        /** Power failed: names, too, are those of the last time that the folder was forced. */
        NAMES_LOST
    }

    private final Path folder;
    private final FileSystem system;
    private final BiConsumer<Crash, Map<String, byte[]>> told;
    private final FileSystemProvider provider;

    /** A file, whatever its names are. */
    private static final class Inode {
        private byte[] forced = {};
    }

    private final Map<Object, Inode> inodes = new HashMap<>();
    private Map<String, Inode> forcedNames = new TreeMap<>();

    /**
     * Watches a folder.
     *
     * @param folder exists and is empty
     * @param told of the files there would be, by name, before every change
     */
    WatchedFolder(Path folder, BiConsumer<Crash, Map<String, byte[]>> told) {
        this.folder = folder;
        this.told = told;
        provider = new Provider();
        system = new Watched();
    }

    /** The folder as it is to be written to. */
    Path path() {
        return watched(folder);
    }

    private Map<String, Path> names() throws IOException {
        Map<String, Path> names = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            files.filter(Files::isRegularFile)
                    .forEach(file -> names.put(file.getFileName().toString(), file));
        }
        return names;
    }

    private Inode inode(Path file) throws IOException {
        Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        return inodes.computeIfAbsent(key, k -> new Inode());
    }

    private synchronized void beforeChange() throws IOException {
        Map<String, byte[]> killed = new TreeMap<>();
        Map<String, byte[]> kept = new TreeMap<>();
        Map<String, byte[]> lost = new TreeMap<>();
        for (Map.Entry<String, Path> file : names().entrySet()) {
            killed.put(file.getKey(), Files.readAllBytes(file.getValue()));
            kept.put(file.getKey(), inode(file.getValue()).forced);
        }
        forcedNames.forEach((name, inode) -> lost.put(name, inode.forced));
        told.accept(Crash.KILLED, killed);
        told.accept(Crash.NAMES_KEPT, kept);
        told.accept(Crash.NAMES_LOST, lost);
    }

    private synchronized void created(Path file) throws IOException {
        // The number may be that of a file that is gone.
        inodes.put(Files.readAttributes(file, BasicFileAttributes.class).fileKey(), new Inode());
    }

    private synchronized void forced(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            inode(path).forced = Files.readAllBytes(path);
            return;
        }
        forcedNames = new TreeMap<>();
        for (Map.Entry<String, Path> file : names().entrySet()) {
            forcedNames.put(file.getKey(), inode(file.getValue()));
        }
    }

    private Path watched(Path real) {
        InvocationHandler handler =
                (proxy, method, arguments) ->
                        switch (method.getName()) {
                            case "getFileSystem" -> system;
                            case "equals" -> real.equals(real(arguments[0]));
                            case "iterator" -> elements(real);
                            default -> watchedIfPath(call(method, real, arguments));
                        };
        return (Path)
                Proxy.newProxyInstance(
                        WatchedFolder.class.getClassLoader(),
                        new Class<?>[] {Path.class, Real.class},
                        (proxy, method, arguments) ->
                                method.getDeclaringClass() == Real.class
                                        ? real
                                        : handler.invoke(proxy, method, arguments));
    }

    /** Gives the path that a watched one stands for. */
    interface Real {
        Path real();
    }

    private static Object call(Method method, Object target, Object[] arguments) throws Throwable {
        Object[] given =
                arguments == null
                        ? new Object[0]
                        : Arrays.stream(arguments).map(WatchedFolder::real).toArray();
        try {
            return method.invoke(target, given);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private Iterator<Path> elements(Path real) {
        List<Path> elements = new ArrayList<>();
        real.forEach(element -> elements.add(watched(element)));
        return elements.iterator();
    }

    private Object watchedIfPath(Object value) {
        return value instanceof Path path ? watched(path) : value;
    }

    private static Object real(Object value) {
        return value instanceof Real watched ? watched.real() : value;
    }

    private static Path real(Path path) {
        return (Path) real((Object) path);
    }

    private final class Watched extends FileSystem {

        private final FileSystem real = folder.getFileSystem();

        @Override
        public FileSystemProvider provider() {
            return provider;
        }

        @Override
        public void close() {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public boolean isReadOnly() {
            return false;
        }

        @Override
        public String getSeparator() {
            return real.getSeparator();
        }

        @Override
        public Iterable<Path> getRootDirectories() {
            return real.getRootDirectories();
        }

        @Override
        public Iterable<FileStore> getFileStores() {
            return real.getFileStores();
        }

        @Override
        public Set<String> supportedFileAttributeViews() {
            return real.supportedFileAttributeViews();
        }

        @Override
        public Path getPath(String first, String... more) {
            return watched(real.getPath(first, more));
        }

        @Override
        public PathMatcher getPathMatcher(String pattern) {
            PathMatcher matcher = real.getPathMatcher(pattern);
            return path -> matcher.matches(real(path));
        }

        @Override
        public UserPrincipalLookupService getUserPrincipalLookupService() {
            return real.getUserPrincipalLookupService();
        }

        @Override
        public WatchService newWatchService() throws IOException {
            return real.newWatchService();
        }
    }

    private final class Provider extends FileSystemProvider {

        private final FileSystemProvider real = folder.getFileSystem().provider();

        @Override
        public String getScheme() {
            return "watched";
        }

        @Override
        public FileSystem newFileSystem(URI uri, Map<String, ?> options) {
            throw new UnsupportedOperationException();
        }

        @Override
        public FileSystem getFileSystem(URI uri) {
            return system;
        }

        @Override
        public Path getPath(URI uri) {
            return watched(real.getPath(uri));
        }

        @Override
        public FileChannel newFileChannel(
                Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
                throws IOException {
            Path file = real(path);
            boolean creates = Files.notExists(file);
            if (options.contains(StandardOpenOption.WRITE)) {
                beforeChange();
            }
            FileChannel channel = real.newFileChannel(file, options, attributes);
            if (creates) {
                created(file);
            }
            return new Channel(channel, file);
        }

        @Override
        public SeekableByteChannel newByteChannel(
                Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
                throws IOException {
            return newFileChannel(path, options, attributes);
        }

        @Override
        public DirectoryStream<Path> newDirectoryStream(
                Path path, DirectoryStream.Filter<? super Path> filter) throws IOException {
            DirectoryStream<Path> entries = real.newDirectoryStream(real(path), entry -> true);
            return new DirectoryStream<>() {
                @Override
                public Iterator<Path> iterator() {
                    List<Path> watched = new ArrayList<>();
                    entries.forEach(entry -> watched.add(watched(entry)));
                    return watched.iterator();
                }

                @Override
                public void close() throws IOException {
                    entries.close();
                }
            };
        }

        @Override
        public void createDirectory(Path path, FileAttribute<?>... attributes) throws IOException {
            real.createDirectory(real(path), attributes);
        }

        @Override
        public void createLink(Path link, Path existing) throws IOException {
            beforeChange();
            real.createLink(real(link), real(existing));
        }

        @Override
        public void delete(Path path) throws IOException {
            beforeChange();
            real.delete(real(path));
        }

        @Override
        public void copy(Path source, Path target, CopyOption... options) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void move(Path source, Path target, CopyOption... options) throws IOException {
            beforeChange();
            real.move(real(source), real(target), options);
        }

        @Override
        public boolean isSameFile(Path one, Path other) throws IOException {
            return real.isSameFile(real(one), real(other));
        }

        @Override
        public boolean isHidden(Path path) throws IOException {
            return real.isHidden(real(path));
        }

        @Override
        public FileStore getFileStore(Path path) throws IOException {
            return real.getFileStore(real(path));
        }

        @Override
        public void checkAccess(Path path, AccessMode... modes) throws IOException {
            real.checkAccess(real(path), modes);
        }

        @Override
        public <V extends FileAttributeView> V getFileAttributeView(
                Path path, Class<V> type, LinkOption... options) {
            return real.getFileAttributeView(real(path), type, options);
        }

        @Override
        public <A extends BasicFileAttributes> A readAttributes(
                Path path, Class<A> type, LinkOption... options) throws IOException {
            return real.readAttributes(real(path), type, options);
        }

        @Override
        public Map<String, Object> readAttributes(
                Path path, String attributes, LinkOption... options) throws IOException {
            return real.readAttributes(real(path), attributes, options);
        }

        @Override
        public void setAttribute(Path path, String attribute, Object value, LinkOption... options) {
            throw new UnsupportedOperationException();
        }
    }

    private final class Channel extends FileChannel {

        private final FileChannel real;
        private final Path file;

        Channel(FileChannel real, Path file) {
            this.real = real;
            this.file = file;
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            beforeChange();
            return real.write(source);
        }

        @Override
        public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
            beforeChange();
            return real.write(sources, offset, length);
        }

        @Override
        public int write(ByteBuffer source, long position) throws IOException {
            beforeChange();
            return real.write(source, position);
        }

        @Override
        public FileChannel truncate(long size) throws IOException {
            beforeChange();
            real.truncate(size);
            return this;
        }

        @Override
        public void force(boolean metaData) throws IOException {
            beforeChange();
            real.force(metaData);
            forced(file);
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            return real.read(target);
        }

        @Override
        public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
            return real.read(targets, offset, length);
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            return real.read(target, position);
        }

        @Override
        public long position() throws IOException {
            return real.position();
        }

        @Override
        public FileChannel position(long position) throws IOException {
            real.position(position);
            return this;
        }

        @Override
        public long size() throws IOException {
            return real.size();
        }

        @Override
        public long transferTo(long position, long count, WritableByteChannel target)
                throws IOException {
            return real.transferTo(position, count, target);
        }

        @Override
        public long transferFrom(ReadableByteChannel source, long position, long count) {
            throw new UnsupportedOperationException();
        }

        @Override
        public MappedByteBuffer map(MapMode mode, long position, long size) throws IOException {
            if (mode != MapMode.READ_ONLY) {
                throw new UnsupportedOperationException();
            }
            return real.map(mode, position, size);
        }

        @Override
        public FileLock lock(long position, long size, boolean shared) throws IOException {
            return real.lock(position, size, shared);
        }

        @Override
        public FileLock tryLock(long position, long size, boolean shared) throws IOException {
            return real.tryLock(position, size, shared);
        }

        @Override
        protected void implCloseChannel() throws IOException {
            real.close();
        }
    }
}
