#include "base/buffer.h"

#include <gtest/gtest.h>

#include <numeric>

namespace ciao::tls {
namespace {

Bytes numbers(std::size_t size) {
  Bytes bytes(size);
  std::iota(bytes.begin(), bytes.end(), std::uint8_t{0});
  return bytes;
}

bool holds(const Buffer& buffer, ByteView expected) { return equal(buffer.view(), expected); }

TEST(Buffer, StartsWithoutMemory) {
  const Buffer buffer;
  EXPECT_TRUE(buffer.empty());
  EXPECT_EQ(buffer.capacity(), 0u);
  EXPECT_TRUE(buffer.view().empty());
}

TEST(Buffer, KeepsOrderThroughAppendAndConsume) {
  Buffer buffer;
  const Bytes bytes = numbers(200);
  buffer.append(ByteView(bytes).first(120));
  buffer.consume(50);
  buffer.append(ByteView(bytes).subspan(120));
  EXPECT_TRUE(holds(buffer, ByteView(bytes).subspan(50)));
  buffer.consume(150);
  EXPECT_TRUE(buffer.empty());
}

TEST(Buffer, ReservesRoomBehindItsContent) {
  Buffer buffer;
  buffer.append(numbers(10));
  const MutableBytes room = buffer.reserve(5000);
  ASSERT_GE(room.size(), 5000u);
  EXPECT_EQ(room.data(), buffer.view().data() + 10);
  std::fill(room.begin(), room.end(), std::uint8_t{7});
  buffer.commit(3);
  EXPECT_EQ(buffer.size(), 13u);
  EXPECT_TRUE(equal(buffer.view().first(10), numbers(10)));
  EXPECT_EQ(buffer.view()[12], 7);
}

// Room that was consumed at the front serves again before memory is taken.
TEST(Buffer, MovesItsContentToTheFrontInsteadOfGrowing) {
  Buffer buffer;
  const MutableBytes all = buffer.reserve(1);
  const std::size_t capacity = buffer.capacity();
  ASSERT_EQ(all.size(), capacity);
  buffer.append(numbers(capacity));
  buffer.consume(capacity - 10);
  EXPECT_GE(buffer.reserve(capacity - 10).size(), capacity - 10);
  EXPECT_EQ(buffer.capacity(), capacity);
  EXPECT_EQ(buffer.size(), 10u);
}

TEST(Buffer, GrowsAndKeepsItsContent) {
  for (const std::size_t size : {1u, 2048u, 2049u, 18432u, 18433u, 100000u}) {
    SCOPED_TRACE(size);
    Buffer buffer;
    buffer.append(numbers(100));
    buffer.consume(30);
    const Bytes more = numbers(size);
    buffer.append(more);
    ASSERT_EQ(buffer.size(), 70 + size);
    EXPECT_TRUE(equal(buffer.view().first(70), ByteView(numbers(100)).subspan(30)));
    EXPECT_TRUE(equal(buffer.view().subspan(70), more));
  }
}

TEST(Buffer, ClearKeepsTheBlockAndReleaseGivesItBack) {
  Buffer buffer;
  buffer.append(numbers(10));
  const std::size_t capacity = buffer.capacity();
  buffer.clear();
  EXPECT_TRUE(buffer.empty());
  EXPECT_EQ(buffer.capacity(), capacity);
  buffer.append(numbers(10));
  buffer.release_if_empty();
  EXPECT_EQ(buffer.size(), 10u);
  buffer.consume(10);
  buffer.release_if_empty();
  EXPECT_EQ(buffer.capacity(), 0u);
}

// Each size class has a pool of its own: a block never comes back as one that is longer than it is.
TEST(Buffer, BlocksOfThePoolAreAsLongAsTheySay) {
  for (int turn = 0; turn < 8; ++turn) {
    std::array<Buffer, 12> buffers;
    for (std::size_t i = 0; i < buffers.size(); ++i) {
      const Bytes bytes = numbers(i % 2 == 0 ? 2048 : 18432);
      buffers[i].append(bytes);
      ASSERT_TRUE(holds(buffers[i], bytes));
    }
  }
}

TEST(Buffer, MovesItsBlock) {
  Buffer from;
  from.append(numbers(20));
  const std::uint8_t* block = from.view().data();
  Buffer to(std::move(from));
  EXPECT_EQ(to.view().data(), block);
  Buffer assigned;
  assigned.append(numbers(5));
  assigned = std::move(to);
  EXPECT_TRUE(holds(assigned, numbers(20)));
}

}  // namespace
}  // namespace ciao::tls
