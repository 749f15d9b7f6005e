#include "wire/der.h"

#include <gtest/gtest.h>

#include <limits>

namespace ciao::tls {
namespace {

Bytes integer(std::int64_t value) {
  Bytes out;
  DerWriter(out).integer(value);
  return out;
}

TEST(Der, IntegersAreMinimal) {
  EXPECT_EQ(integer(0), (Bytes{2, 1, 0}));
  EXPECT_EQ(integer(127), (Bytes{2, 1, 127}));
  EXPECT_EQ(integer(128), (Bytes{2, 2, 0, 128}));
  EXPECT_EQ(integer(-1), (Bytes{2, 1, 0xff}));
  EXPECT_EQ(integer(-129), (Bytes{2, 2, 0xff, 0x7f}));
  EXPECT_EQ(integer(0x0304), (Bytes{2, 2, 3, 4}));
}

TEST(Der, IntegersComeBack) {
  for (const std::int64_t value :
       {std::int64_t{0}, std::int64_t{1}, std::int64_t{-1}, std::int64_t{255}, std::int64_t{-32769},
        std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()}) {
    const Bytes bytes = integer(value);
    DerReader reader(bytes);
    const Result<std::int64_t> read = reader.integer();
    ASSERT_TRUE(read);
    EXPECT_EQ(*read, value);
    EXPECT_TRUE(reader.finish());
  }
  for (const std::uint64_t value :
       {std::uint64_t{0}, std::uint64_t{1} << 63, std::numeric_limits<std::uint64_t>::max()}) {
    Bytes bytes;
    DerWriter(bytes).unsigned_integer(value);
    DerReader reader(bytes);
    const Result<std::uint64_t> read = reader.unsigned_integer();
    ASSERT_TRUE(read);
    EXPECT_EQ(*read, value);
  }
}

TEST(Der, RefusesWhatIsNotDer) {
  const Bytes wrong[] = {
      {2, 0},                                // an integer without content
      {2, 2, 0, 1},                          // padded
      {2, 2, 0xff, 0xff},                    // padded, negative
      {2, 9, 1, 0, 0, 0, 0, 0, 0, 0, 0},     // longer than 64 bits
      {2, 2, 1},                             // cut short
      {2},                                   // no length
      {2, 0x81, 1, 1},                       // a long length for a short one
      {2, 0x80, 1, 0, 0},                    // indefinite
      {2, 0x85, 0, 0, 0, 0, 1, 1},           // more length than memory
      {2, 0x84, 0xff, 0xff, 0xff, 0xff, 1},  // runs past the end
      {4, 1, 1},                             // another tag
  };
  for (const Bytes& bytes : wrong) EXPECT_FALSE(DerReader(bytes).integer());
  const Bytes negative{2, 1, 0xff};
  EXPECT_FALSE(DerReader(negative).unsigned_integer());
  const Bytes padded{2, 9, 0, 1, 0, 0, 0, 0, 0, 0, 0};
  EXPECT_FALSE(DerReader(padded).unsigned_integer());
  const Bytes left_over{2, 1, 0, 0};
  DerReader reader(left_over);
  EXPECT_TRUE(reader.integer());
  EXPECT_FALSE(reader.finish());
}

TEST(Der, LongLengths) {
  for (const std::size_t size : {0x7fu, 0x80u, 0xffu, 0x100u, 0x10000u}) {
    const Bytes content(size, 0x55);
    Bytes bytes;
    DerWriter(bytes).octet_string(content);
    DerReader reader(bytes);
    const Result<ByteView> read = reader.octet_string();
    ASSERT_TRUE(read);
    EXPECT_TRUE(equal(*read, content));
    EXPECT_TRUE(reader.empty());
  }
}

TEST(Der, OptionalElements) {
  const Bytes bytes{der::explicit_tag(3), 0};
  DerReader reader(bytes);
  EXPECT_FALSE(reader.optional_element(der::explicit_tag(2))->has_value());
  EXPECT_TRUE(reader.optional_element(der::explicit_tag(3))->has_value());
  EXPECT_FALSE(reader.optional_element(der::explicit_tag(3))->has_value());
}

}  // namespace
}  // namespace ciao::tls
