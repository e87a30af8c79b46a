package dev.vitrail.imaging;

import java.util.HexFormat;

/** The constants of VP8 (RFC 6386), as hexadecimal digits. */
final class WebpTables {
    /** First probabilities of coefficients by kind of block, band, context and token (13.5). */
    static final byte[] COEFFICIENTS =
            bytes(
                    "808080808080808080808080808080808080808080808080808080808080808080fd88feffe4db80"
                        + "80808080bd81f2ffe3d5ffdb8080806a7ee3fcd6d1ffff8080800162f8ffece2ffff808080b585ee"
                        + "feddeaff9a8080804e86caf7c6b4ffdb80808001b9f9fff3ff8080808080b896f7ffece080808080"
                        + "804d6ed8ffece680808080800165fbfff1ff8080808080aa8bf1fcecd1ffff8080802574c4f3e4ff"
                        + "ffff80808001ccfefff5ff8080808080cfa0faffee8080808080806667e7ffd3ab80808080800198"
                        + "fcfff0ff8080808080b187f3ffeae180808080805081d3ffc2e080808080800101ff808080808080"
                        + "8080f601ff8080808080808080ff80808080808080808080c623eddfc1bba2a0919b3e832dc6ddac"
                        + "b0dc9dfcdd01442f92d095a7dda2ffdf800195f1ffdde0ffff808080b88deafddedcffc780808051"
                        + "63b5f2b0bef9caffff800181e8fdd6c5f2c4ffff806379d2fac9c6ffca808080175ba3f2aabbf7d2"
                        + "ffff8001c8f6ffeaff80808080806db2f1ffe7f5ffff8080802c82c9fdcdc0ffff8080800184effb"
                        + "dbd1ffa58080805e88e1fbdabeffff8080801664aef5baa1ffc780808001b6f9ffe8eb8080808080"
                        + "7c8ff1ffe3ea8080808080234db5fbc1d3ffcd808080019df7ffece7ffff808080798debffe1e3ff"
                        + "ff8080802d63bcfbc3d9ffe08080800101fbffd5ff8080808080cb01f8ffff8080808080808901b1"
                        + "ffe0ff8080808080fd09f8fbcfd0ffc0808080af0de0f3c1b9f9c6ffff804911abdda1b3eca7ffea"
                        + "80015ff7fdd4b7ffff808080ef5af4fad3d1ffff8080809b4dc3f8bcc3ffff8080800118effbdadb"
                        + "ffcd808080c933dbffc4ba8080808080452ebeefc9daffe480808001bffbffff808080808080dfa5"
                        + "f9ffd5ff80808080808d7cf8ffff8080808080800110f8ffff808080808080be24e6ffecff808080"
                        + "80809501ff808080808080808001e2ff8080808080808080f7c0ff8080808080808080f080ff8080"
                        + "8080808080800186fcffff808080808080d53efaffff808080808080375dff808080808080808080"
                        + "8080808080808080808080808080808080808080808080808080808080808080ca18d5ebbabfdca0"
                        + "f0afff7e26b6e8a9b8e4aeffbb803d2e8adb97b2f0aaffd8800170e6fac7bff79fffff80a66de4fc"
                        + "d3d7ffae808080274da2e8acb4f5b2ffff800134dcf6c6c7f9dcffff807c4abff3b7c1faddffff80"
                        + "184782db9aaaf3b6ffff8001b6e1f9dbf0ffe08080809596e2fcd8cdffab8080801c6caaf2b7c2fe"
                        + "dfffff800151e6fccccbffc08080807b66d1f7bcc4ffe9808080145f99f3a4adffcb80808001def8"
                        + "ffd8d58080808080a8aff6fcebcdffff8080802f74d7ffd3d4ffff8080800179ecfdd4d6ffff8080"
                        + "808d54d5fcc9caffdb8080802a50a0f0a2b9ffcd8080800101ff8080808080808080f401ff808080"
                        + "8080808080ee01ff8080808080808080");

    /** How likely each of them is replaced (13.4). */
    static final byte[] UPDATES =
            bytes(
                    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffb0f6ffffffffff"
                        + "ffffffffdff1fcfffffffffffffffff9fdfdfffffffffffffffffff4fcffffffffffffffffeafefe"
                        + "fffffffffffffffffdfffffffffffffffffffffff6feffffffffffffffffeffdfeffffffffffffff"
                        + "fffefffefffffffffffffffffff8fefffffffffffffffffbfffeffffffffffffffffffffffffffff"
                        + "fffffffffffffdfefffffffffffffffffbfefefffffffffffffffffefffefffffffffffffffffffe"
                        + "fdfffefffffffffffffafffefffefffffffffffffeffffffffffffffffffffffffffffffffffffff"
                        + "ffffffffffffffffffffffffffffffffffffffffffffffffd9ffffffffffffffffffffe1fcf1fdff"
                        + "fffeffffffffeafaf1fafdfffdfefffffffffeffffffffffffffffffdffefeffffffffffffffffee"
                        + "fdfefefffffffffffffffff8fefffffffffffffffff9feffffffffffffffffffffffffffffffffff"
                        + "fffffffffdfffffffffffffffffff7fefffffffffffffffffffffffffffffffffffffffffffdfeff"
                        + "fffffffffffffffcfffffffffffffffffffffffffffffffffffffffffffffefeffffffffffffffff"
                        + "fdfffffffffffffffffffffffffffffffffffffffffffffefdfffffffffffffffffaffffffffffff"
                        + "fffffffffeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
                        + "ffffffffffffffffbafbfaffffffffffffffffeafbf4fefffffffffffffffbfbf3fdfefffeffffff"
                        + "fffffdfeffffffffffffffffecfdfefffffffffffffffffbfdfdfefefffffffffffffffefeffffff"
                        + "fffffffffffefefefffffffffffffffffffffffffffffffffffffffffefffffffffffffffffffefe"
                        + "fffffffffffffffffffefffffffffffffffffffffffffffffffffffffffffffeffffffffffffffff"
                        + "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
                        + "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
                        + "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff8ffffffffffffff"
                        + "fffffffafefcfefffffffffffffff8fef9fdfffffffffffffffffdfdfffffffffffffffff6fdfdff"
                        + "fffffffffffffffcfefbfefefffffffffffffffefcfffffffffffffffff8fefdffffffffffffffff"
                        + "fdfffefefffffffffffffffffbfefffffffffffffffff5fbfefffffffffffffffffdfdfeffffffff"
                        + "fffffffffffbfdfffffffffffffffffcfdfefffffffffffffffffffefffffffffffffffffffffcff"
                        + "fffffffffffffffff9fffefffffffffffffffffffffefffffffffffffffffffffdffffffffffffff"
                        + "fffafffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffffff"
                        + "ffffffffffffffffffffffffffffffff");

    /** Probabilities of the modes of small blocks by those above and to the left (11.5). */
    static final byte[] MODES =
            bytes(
                    "e7783059737178987098b3407eaa762e465faf458f505552489b67383a0aabdabd110d98721a11a3"
                        + "2cc3150aad791850c31a3e2c405590470a26abd590221aaa2e371388a021ce473f14087272d00c09"
                        + "e251280b60b6541d102486b7598962656aa59448bb64829d6f204b504266a7634a3e28ea80293509"
                        + "b2f18d1a086b4a2b1a9249a631179d412669a033341f7380684f0c1bd9ff5711075744472c72330f"
                        + "ba172f290e6eb6b71511c2422d1966c5bd171216585893962a2e2dc4cd2b61b775552623b33d2735"
                        + "c8571a152be8ab3822336872661d5d4d271c55ab3aa55a6240221674ce17222ba6496b36201a3301"
                        + "512b1f44196a1640ab24e1722213156684bc104c7c3e124e5f5539323033c165239fd76f592e6f3c"
                        + "941facdbe415126f70714d55b3ff267872282a01c4f5d10a196d582b1d8ca6d5252b9a3d3f1e9b43"
                        + "2d4401d16450082b9a01331a478e4e4e10ff8022c5ab29280566d3b70401dd333211a8d1c0171952"
                        + "8a1f24ab1ba6262ce543573aa952731a3bb33f3b5ab43ba65d499a282815748fd12227af2f0f10b7"
                        + "22df312db72e1121b706620f20b7392e16188001361125412049731c801780cd2803097333c01206"
                        + "df572509733b4d40152f68372cda09363582e2405a46cd2829171a39363970b8052926a6d51e221a"
                        + "8598740a2086271335dd1a722049ff1f0941ea020f0176494b200c33c0ffa02b33581f2343665537"
                        + "ba553815176f3bcd2d25c03726467c49660122627d622a58685575af525f543559806471652d4b4f"
                        + "7b2f338051ab0139110547663935293126210d7939491a0155290a438a4d6e5a2f727315020a66ff"
                        + "a61706651d100a558065c41a39120a6666d522142b75140f24a38044011a663d472522351ff3c045"
                        + "3c472649771cde25442d8022012f0bf5ab3e1113469255373e46252b259a64a355a0013f095c881c"
                        + "4020c9554b0f090940ffb8771056061c0540ff19f8013808118489ff3774803a0f145287391a7928"
                        + "a4321f899a851923da33672c83837b1f069e5628408794e02db780161a1183f09a0e01d12d10155b"
                        + "40de0701c53815279b3c8a1766d5530c0d36c0ff442f1c551a555580802092ab120b073f90ab0404"
                        + "f6231b0a92aeab0c1a80be502363b4507e362d557e2f57b033291420654b808b769274805538290f"
                        + "b0ec5525093e471e117776ff11128a65263c8a37462b1a8e9224131eabff611b148a2d3d3edb0151"
                        + "bc4020291475978e1415a370130c3dc380300418");

    private static final byte[] DC =
            bytes(
                    "0405060708090a0a0b0c0d0e0f101111121314141515161617171819191a1b1c1d1e1f2021222324"
                        + "2525262728292a2b2c2d2e2e2f303132333435363738393a3b3c3d3e3f404142434445464748494a"
                        + "4b4c4c4d4e4f505152535455565758595b5d5f6062646566686a6c6e707274767a7c7e8082848688"
                        + "8a8c8f9194979a9d");

    /** Of four digits each. */
    private static final byte[] AC =
            bytes(
                    "000400050006000700080009000a000b000c000d000e000f00100011001200130014001500160017"
                        + "00180019001a001b001c001d001e001f0020002100220023002400250026002700280029002a002b"
                        + "002c002d002e002f0030003100320033003400350036003700380039003a003c003e004000420044"
                        + "00460048004a004c004e00500052005400560058005a005c005e00600062006400660068006a006c"
                        + "006e0070007200740077007a007d0080008300860089008c008f009200950098009b009e00a100a4"
                        + "00a700aa00ad00b100b500b900bd00c100c500c900cd00d100d500d900dd00e100e500ea00ef00f5"
                        + "00f900fe01030108010d01120117011c");

    private WebpTables() {}

    private static byte[] bytes(String digits) {
        return HexFormat.of().parseHex(digits);
    }

    /** What first coefficients were divided by (14.1). */
    static int dc(int quantiser) {
        return DC[Math.max(0, Math.min(127, quantiser))] & 0xFF;
    }

    /** What the other coefficients were divided by (14.1). */
    static int ac(int quantiser) {
        int at = 2 * Math.max(0, Math.min(127, quantiser));
        return (AC[at] & 0xFF) << 8 | AC[at + 1] & 0xFF;
    }
}
