package io.github.ocspstapler.internal.http;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;

/**
 * Tells the addresses of the public Internet from those of a machine's own surroundings: loopback,
 * private, link-local, shared, reserved and multicast ones, in IPv4, in IPv6, and in the IPv6 forms
 * that carry an IPv4 address.
 */
final class AddressRule {

  /** All addresses that begin with the same bits. */
  private static final class Block {
    private final byte[] prefix;
    private final int bits;

    private Block(byte[] prefix, int bits) {
      this.prefix = prefix;
      this.bits = bits;
    }

    static Block of(int bits, int... bytes) {
      byte[] prefix = new byte[bytes.length];
      for (int i = 0; i < bytes.length; i++) {
        prefix[i] = (byte) bytes[i];
      }
      return new Block(prefix, bits);
    }

    boolean contains(byte[] address) {
      for (int bit = 0; bit < bits; bit++) {
        int mask = 0x80 >> (bit % 8);
        if ((prefix[bit / 8] & mask) != (address[bit / 8] & mask)) {
          return false;
        }
      }
      return true;
    }
  }

  // The IANA special-purpose registry (RFC 6890): what is not globally reachable.
  private static final List<Block> NOT_PUBLIC_V4 =
      List.of(
          Block.of(8, 0), // "this network"
          Block.of(8, 10), // private
          Block.of(10, 100, 64), // shared address space of carrier-grade NAT (RFC 6598)
          Block.of(8, 127), // loopback
          Block.of(16, 169, 254), // link-local, cloud metadata services
          Block.of(12, 172, 16), // private
          Block.of(24, 192, 0, 0), // IETF protocol assignments
          Block.of(24, 192, 0, 2), // documentation
          Block.of(24, 192, 88, 99), // 6to4 relays
          Block.of(16, 192, 168), // private
          Block.of(15, 198, 18), // benchmarking
          Block.of(24, 198, 51, 100), // documentation
          Block.of(24, 203, 0, 113), // documentation
          Block.of(4, 224), // multicast
          Block.of(4, 240)); // reserved, broadcast

  private static final Block GLOBAL_UNICAST_V6 = Block.of(3, 0x20);
  private static final Block SIX_TO_FOUR = Block.of(16, 0x20, 0x02);
  private static final Block NAT64 = Block.of(96, 0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0);
  private static final List<Block> NOT_PUBLIC_V6 =
      List.of(
          Block.of(23, 0x20, 0x01, 0x00), // IETF protocol assignments, Teredo among them
          Block.of(32, 0x20, 0x01, 0x0d, 0xb8), // documentation
          Block.of(20, 0x3f, 0xff, 0x00)); // documentation

  private AddressRule() {}

  /** Returns whether the address is one of the public Internet. */
  static boolean isPublic(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (address instanceof Inet4Address) {
      return isPublicV4(bytes);
    }
    return address instanceof Inet6Address && isPublicV6(bytes);
  }

  private static boolean isPublicV4(byte[] bytes) {
    return NOT_PUBLIC_V4.stream().noneMatch(block -> block.contains(bytes));
  }

  private static boolean isPublicV6(byte[] bytes) {
    if (NAT64.contains(bytes)) {
      return isPublicV4(new byte[] {bytes[12], bytes[13], bytes[14], bytes[15]});
    }
    if (SIX_TO_FOUR.contains(bytes)) {
      return isPublicV4(new byte[] {bytes[2], bytes[3], bytes[4], bytes[5]});
    }
    return GLOBAL_UNICAST_V6.contains(bytes)
        && NOT_PUBLIC_V6.stream().noneMatch(block -> block.contains(bytes));
  }
}
