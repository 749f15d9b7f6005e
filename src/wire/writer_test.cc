#include "wire/writer.h"

#include <gtest/gtest.h>

namespace ciao::tls {
namespace {

TEST(Writer, WritesNumbersInNetworkOrder) {
  Bytes out;
  Writer writer(out);
  writer.u8(0x01);
  writer.u16(0x0203);
  writer.u24(0x040506);
  writer.u32(0x0708090a);
  EXPECT_EQ(out, (Bytes{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}));
  EXPECT_TRUE(writer.finish());
}

TEST(Writer, AppendsToWhatIsThere) {
  Bytes out = {9};
  Writer writer(out);
  writer.put(ContentType::handshake);
  writer.put(NamedGroup::x25519);
  writer.zeros(2);
  writer.bytes(as_bytes("ab"));
  EXPECT_EQ(out, (Bytes{9, 22, 0, 29, 0, 0, 'a', 'b'}));
  EXPECT_EQ(writer.size(), 8u);
}

TEST(Writer, VectorsCarryTheirLength) {
  Bytes out;
  Writer writer(out);
  writer.vector8(as_bytes("ab"));
  writer.vector16(as_bytes("c"));
  writer.vector24({});
  EXPECT_EQ(out, (Bytes{2, 'a', 'b', 0, 1, 'c', 0, 0, 0}));
}

TEST(Writer, ScopesNest) {
  Bytes out;
  Writer writer(out);
  {
    const Writer::Scope outer = writer.scope24();
    writer.u8(7);
    {
      const Writer::Scope inner = writer.scope16();
      const Writer::Scope innermost = writer.scope8();
      writer.bytes(as_bytes("xyz"));
    }
    writer.u8(8);
  }
  EXPECT_EQ(out, (Bytes{0, 0, 8, 7, 0, 4, 3, 'x', 'y', 'z', 8}));
}

TEST(Writer, AVectorAsLongAsItsLengthCanSayIsFine) {
  Bytes out;
  Writer writer(out);
  writer.vector8(Bytes(255));
  writer.vector16(Bytes(65535));
  EXPECT_TRUE(writer.ok());
  EXPECT_EQ(out[0], 255);
  EXPECT_EQ(out.size(), 1u + 255 + 2 + 65535);
}

TEST(Writer, ALongerVectorIsAnErrorThatStays) {
  for (const std::size_t width : {1u, 2u}) {
    SCOPED_TRACE(width);
    Bytes out;
    Writer writer(out);
    const Bytes content(width == 1 ? 256 : 65536);
    if (width == 1) {
      writer.vector8(content);
    } else {
      writer.vector16(content);
    }
    writer.vector8(as_bytes("fits"));
    EXPECT_FALSE(writer.ok());
    const Result<void> finished = writer.finish();
    ASSERT_FALSE(finished);
    EXPECT_EQ(finished.error().reason, Reason::internal_error);
  }
}

}  // namespace
}  // namespace ciao::tls
