package dev.vitrail.zoo.weights;

/**
 * One member of a zip archive, as both its headers say.
 *
 * @param name as written, never to be used as a file name
 * @param deflated or stored as it is
 * @param crc of the member
 * @param begin of what is stored, counted from the start of the file
 * @param stored bytes in the file
 * @param size bytes of the member
 */
record ZipMember(String name, boolean deflated, int crc, long begin, long stored, long size) {

    /**
     * The member's bytes: never more than its size, and an error where there are fewer, where the
     * checksum is another or where something is left over.
     */
    MemberInput open(SourceFile file) {
        return new MemberInput(this, file);
    }
}
