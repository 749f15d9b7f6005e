#include "wire/reader.h"

#include <gtest/gtest.h>

namespace ciao::tls {
namespace {

const Bytes kBytes = {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a};

template <class T>
void expect_malformed(const Result<T>& result, Reason reason = Reason::length_mismatch) {
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().reason, reason);
  EXPECT_EQ(result.error().alert, AlertDescription::decode_error);
  EXPECT_EQ(result.error().on_wire, OnWire::send_alert);
}

TEST(Reader, ReadsNumbersInNetworkOrder) {
  Reader reader(kBytes);
  EXPECT_EQ(*reader.u8(), 0x01);
  EXPECT_EQ(*reader.u16(), 0x0203);
  EXPECT_EQ(*reader.u24(), 0x040506u);
  EXPECT_EQ(*reader.u32(), 0x0708090au);
  EXPECT_TRUE(reader.finish());
}

TEST(Reader, ANumberThatIsCutOffIsAnErrorAndTakesNothing) {
  for (std::size_t here = 0; here < 4; ++here) {
    SCOPED_TRACE(here);
    Reader reader(ByteView(kBytes).first(here));
    expect_malformed(reader.u32());
    if (here < 3) expect_malformed(reader.u24());
    if (here < 2) expect_malformed(reader.u16());
    if (here < 1) expect_malformed(reader.u8());
    EXPECT_EQ(reader.remaining(), here);
  }
}

TEST(Reader, BytesLieInsideWhatIsRead) {
  Reader reader(kBytes);
  const ByteView three = *reader.bytes(3);
  EXPECT_EQ(three.data(), kBytes.data());
  EXPECT_EQ(three.size(), 3u);
  EXPECT_EQ(reader.bytes(0)->size(), 0u);
  expect_malformed(reader.bytes(8));
  expect_malformed(reader.bytes(SIZE_MAX));
  EXPECT_EQ(reader.remaining(), 7u);
  EXPECT_EQ(reader.rest().data(), kBytes.data() + 3);
}

TEST(Reader, VectorsCarryTheirLength) {
  const Bytes bytes = {2, 'a', 'b', 0, 1, 'c', 0, 0, 3, 'd', 'e', 'f', 0};
  Reader reader(bytes);
  EXPECT_EQ(as_text(*reader.vector8()), "ab");
  EXPECT_EQ(as_text(*reader.vector16()), "c");
  EXPECT_EQ(as_text(*reader.vector24()), "def");
  EXPECT_TRUE(reader.vector8()->empty());
  EXPECT_TRUE(reader.empty());
}

TEST(Reader, AVectorLongerThanWhatIsThereIsAnError) {
  expect_malformed(Reader(Bytes{}).vector8());
  expect_malformed(Reader(Bytes{3, 'a', 'b'}).vector8());
  expect_malformed(Reader(Bytes{0}).vector16());
  expect_malformed(Reader(Bytes{0xff, 0xff, 'a'}).vector16());
  expect_malformed(Reader(Bytes{0, 1}).vector24());
  expect_malformed(Reader(Bytes{0, 0, 2, 'a'}).vector24());
}

TEST(Reader, WhatIsLeftOverIsAnError) {
  expect_malformed(Reader(kBytes).finish());
  EXPECT_TRUE(Reader().finish());
}

TEST(Reader, ReadersOverAVectorInheritTheReason) {
  const Bytes bytes = {0, 3, 2, 'a', 'b', 'c'};
  Reader reader(bytes, Reason::bad_extension);
  Reader inner = *reader.reader16();
  Reader innermost = *inner.reader8();
  EXPECT_EQ(inner.remaining(), 0u);
  EXPECT_EQ(*innermost.u8(), 'a');
  expect_malformed(innermost.u16(), Reason::bad_extension);
  expect_malformed(inner.u8(), Reason::bad_extension);
  EXPECT_EQ(*reader.u8(), 'c');
}

}  // namespace
}  // namespace ciao::tls
