#include "session/ticket.h"

#include <gtest/gtest.h>

#include <set>
#include <thread>

namespace ciao::tls {
namespace {

class Ticket : public ::testing::Test {
 protected:
  TicketKey new_key() const { return *TicketKey::generate(algorithms); }
  std::optional<OpenedTicket> open(const Ref<const TicketKeys>& keys, ByteView ticket) const {
    const Result<std::optional<OpenedTicket>> opened = open_ticket(algorithms, *keys, ticket);
    EXPECT_TRUE(opened);
    return opened ? *opened : std::nullopt;
  }

  Algorithms algorithms{nullptr, nullptr};
  const Bytes state = to_bytes(as_bytes("forty-two bytes that nobody else shall see"));
};

TEST_F(Ticket, OpensWhatItSealed) {
  TicketKeyRing ring;
  ring.set(new_key());
  const Bytes ticket = *seal_ticket(algorithms, ring.snapshot()->keys[0], state);
  // name, IV, three blocks, MAC
  EXPECT_EQ(ticket.size(), 16u + 16u + 48u + 32u);
  const std::optional<OpenedTicket> opened = open(ring.snapshot(), ticket);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->state, state);
  EXPECT_TRUE(opened->newest_key);
}

TEST_F(Ticket, EveryChangedBitIsNoticed) {
  TicketKeyRing ring;
  ring.set(new_key());
  const Bytes ticket = *seal_ticket(algorithms, ring.snapshot()->keys[0], state);
  for (std::size_t i = 0; i < ticket.size() * 8; ++i) {
    Bytes changed = ticket;
    changed[i / 8] ^= static_cast<std::uint8_t>(1u << (i % 8));
    EXPECT_FALSE(open(ring.snapshot(), changed)) << i;
  }
}

TEST_F(Ticket, EveryLengthIsSafe) {
  TicketKeyRing ring;
  ring.set(new_key());
  Bytes ticket = *seal_ticket(algorithms, ring.snapshot()->keys[0], state);
  for (std::size_t size = 0; size < ticket.size(); ++size) {
    EXPECT_FALSE(open(ring.snapshot(), ByteView(ticket).first(size))) << size;
  }
  ticket.push_back(0);
  EXPECT_FALSE(open(ring.snapshot(), ticket));
}

TEST_F(Ticket, RotationOpensOldTicketsForAWhile) {
  TicketKeyRing ring;
  ring.set(new_key());
  const Bytes ticket = *seal_ticket(algorithms, ring.snapshot()->keys[0], state);
  for (std::size_t i = 0; i < TicketKeyRing::kMaxOldKeys; ++i) {
    ring.rotate(new_key());
    const std::optional<OpenedTicket> opened = open(ring.snapshot(), ticket);
    ASSERT_TRUE(opened);
    EXPECT_FALSE(opened->newest_key);
  }
  ring.rotate(new_key());
  EXPECT_FALSE(open(ring.snapshot(), ticket));
}

TEST_F(Ticket, SettingAKeyMakesOtherTicketsForeign) {
  TicketKeyRing ring;
  ring.set(new_key());
  const Bytes ticket = *seal_ticket(algorithms, ring.snapshot()->keys[0], state);
  ring.set(new_key());
  EXPECT_FALSE(open(ring.snapshot(), ticket));
}

TEST_F(Ticket, KeysAreAllDifferentAndNeverZero) {
  std::set<Bytes> seen;
  for (int i = 0; i < 100; ++i) {
    const TicketKey key = new_key();
    EXPECT_TRUE(seen.insert(to_bytes(key.mac_key.view())).second);
    EXPECT_TRUE(seen.insert(to_bytes(key.cipher_key.view())).second);
    EXPECT_TRUE(seen.insert(to_bytes(key.name)).second);
  }
  EXPECT_FALSE(seen.contains(Bytes(32)));
  EXPECT_FALSE(seen.contains(Bytes(16)));
}

TEST_F(Ticket, EightyBytesComeBack) {
  Bytes bytes(TicketKey::kSize);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i);
  const TicketKey key = TicketKey::parse(bytes);
  EXPECT_EQ(key.name[15], 15);
  EXPECT_EQ(key.mac_key.view()[0], 16);
  EXPECT_EQ(key.cipher_key.view()[0], 48);
  Bytes again(TicketKey::kSize);
  key.write(again);
  EXPECT_EQ(again, bytes);
}

TEST_F(Ticket, ManyThreadsAndARotation) {
  TicketKeyRing ring;
  ring.set(new_key());
  std::atomic<int> lost{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 300; ++i) {
        const Ref<const TicketKeys> keys = ring.snapshot();
        const Bytes ticket = *seal_ticket(algorithms, keys->keys[0], state);
        if (!open(keys, ticket)) ++lost;
      }
    });
  }
  for (int i = 0; i < 50; ++i) ring.rotate(new_key());
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(lost, 0);
}

}  // namespace
}  // namespace ciao::tls
