// The channel by itself: keys do not change in the middle of a handshake message.
#include "engine/pair.h"

namespace ciao::tls::testing {
namespace {

constexpr std::uint16_t kEcdheSuite = 0xc02f;  // TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256

class ChannelTest : public ::testing::Test {
 protected:
  // A handshake record with this content arrives.
  void receive_handshake(const Bytes& content) {
    Bytes record = {22, 3, 3, 0, static_cast<std::uint8_t>(content.size())};
    record.insert(record.end(), content.begin(), content.end());
    for (std::size_t taken = 0; taken < record.size();) {
      const MutableBytes space = channel.reader().space();
      const std::size_t size = std::min(space.size(), record.size() - taken);
      ASSERT_GT(size, 0u);
      copy_bytes(space.data(), ByteView(record).subspan(taken, size));
      channel.reader().received(size);
      taken += size;
      HandshakeMessage message;
      if (channel.reader().needed() == 0) {
        ASSERT_TRUE(channel.next_message(message));
      }
    }
  }
  Result<void> install_read() {
    const Bytes key(16);
    const Bytes iv(4);
    return channel.install_read(*find_suite12(kEcdheSuite), RecordKeys12{{}, key, iv, false});
  }

  Pair pair;
  Hooks hooks = pair.client_hooks.hooks();
  CloseState close;
  TlsChannel channel{*pair.algorithms, pair.client_config, hooks, close};
};

TEST_F(ChannelTest, KeysOfTls12ChangeBetweenMessages) {
  ASSERT_TRUE(channel.begin_tls12());
  receive_handshake({code(HandshakeType::server_hello_done), 0, 0, 0});
  EXPECT_TRUE(install_read());
}

TEST_F(ChannelTest, KeysOfTls12DoNotChangeWithinAMessage) {
  ASSERT_TRUE(channel.begin_tls12());
  receive_handshake({code(HandshakeType::server_hello_done), 0});
  const Result<void> installed = install_read();
  ASSERT_FALSE(installed);
  EXPECT_EQ(installed.error().reason, Reason::not_on_record_boundary);
  EXPECT_EQ(installed.error().alert, AlertDescription::unexpected_message);
}

}  // namespace
}  // namespace ciao::tls::testing
