#include "base/secret.h"

#include <gtest/gtest.h>

#include <memory>
#include <new>
#include <numeric>

namespace ciao::tls {
namespace {

using Key = Secret<16>;

Bytes key_bytes() {
  Bytes bytes(16);
  std::iota(bytes.begin(), bytes.end(), std::uint8_t{1});
  return bytes;
}

bool all_zero(ByteView bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

TEST(Secret, HoldsWhatItWasGiven) {
  const Key key{ByteView(key_bytes())};
  EXPECT_EQ(key.size(), 16u);
  EXPECT_TRUE(equal(key.view(), key_bytes()));
  EXPECT_TRUE(Key().empty());
}

TEST(Secret, NeverHoldsMoreThanItsBound) {
  Key key;
  EXPECT_EQ(key.resize(200).size(), 16u);
  key.assign(Bytes(40, 3));
  EXPECT_EQ(key.size(), 16u);
  EXPECT_TRUE(equal(key.view(), Bytes(16, 3)));
}

TEST(Secret, ClearOverwritesEverything) {
  Key key{ByteView(key_bytes())};
  const std::uint8_t* bytes = key.view().data();
  key.resize(4);
  key.clear();
  EXPECT_TRUE(key.empty());
  EXPECT_TRUE(all_zero({bytes, 16}));
}

TEST(Secret, TheDestructorOverwritesEverything) {
  alignas(Key) std::array<std::uint8_t, sizeof(Key)> memory;
  Key* key = new (memory.data()) Key{ByteView(key_bytes())};
  const auto offset = static_cast<std::size_t>(key->view().data() - memory.data());
  const ByteView held = ByteView(memory).subspan(offset, key->size());
  ASSERT_TRUE(equal(held, key_bytes()));
  std::destroy_at(key);
  EXPECT_TRUE(all_zero(held));
}

TEST(Secret, AMoveLeavesNothingBehind) {
  Key from{ByteView(key_bytes())};
  const std::uint8_t* old = from.view().data();
  Key to(std::move(from));
  EXPECT_TRUE(equal(to.view(), key_bytes()));
  EXPECT_TRUE(all_zero({old, 16}));
  Key assigned;
  const std::uint8_t* older = to.view().data();
  assigned = std::move(to);
  EXPECT_TRUE(equal(assigned.view(), key_bytes()));
  EXPECT_TRUE(all_zero({older, 16}));
}

TEST(Secret, CopiesAreIndependent) {
  Key from{ByteView(key_bytes())};
  const Key copy = from;
  from.clear();
  EXPECT_TRUE(equal(copy.view(), key_bytes()));
}

TEST(SecretBytes, ClonesShrinksAndMoves) {
  SecretBytes secret{ByteView(key_bytes())};
  const SecretBytes clone = secret.clone();
  secret.shrink(4);
  EXPECT_TRUE(equal(secret.view(), ByteView(key_bytes()).first(4)));
  secret.shrink(100);
  EXPECT_EQ(secret.view().size(), 4u);
  EXPECT_TRUE(equal(clone.view(), key_bytes()));
  const SecretBytes moved(std::move(secret));
  EXPECT_EQ(moved.view().size(), 4u);
}

TEST(ConstantTimeEqual, ComparesLengthAndEveryByte) {
  EXPECT_TRUE(constant_time_equal({}, {}));
  EXPECT_TRUE(constant_time_equal(key_bytes(), key_bytes()));
  EXPECT_FALSE(constant_time_equal(key_bytes(), ByteView(key_bytes()).first(15)));
  for (std::size_t bit = 0; bit < 16 * 8; ++bit) {
    Bytes other = key_bytes();
    other[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    EXPECT_FALSE(constant_time_equal(key_bytes(), other)) << bit;
  }
}

}  // namespace
}  // namespace ciao::tls
