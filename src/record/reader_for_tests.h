// A RecordReader, and what it is expected to make of the bytes that come.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>

#include "record/record_reader.h"

namespace ciao::tls::testing {

inline Bytes header(unsigned type, std::size_t size, unsigned version = 0x0303) {
  return {static_cast<std::uint8_t>(type), static_cast<std::uint8_t>(version >> 8),
          static_cast<std::uint8_t>(version), static_cast<std::uint8_t>(size >> 8),
          static_cast<std::uint8_t>(size)};
}

inline Bytes joined(ByteView a, ByteView b) {
  Bytes bytes(a.size() + b.size());
  copy_bytes(bytes.data(), a);
  copy_bytes(bytes.data() + a.size(), b);
  return bytes;
}

inline Bytes plain(ContentType type, ByteView content) {
  return joined(header(code(type), content.size()), content);
}

class ReaderTest : public ::testing::Test {
 protected:
  using Opened = Result<std::optional<Record>>;

  // Delivers up to the first record or error, at most `chunk` bytes at once. Nothing: all was
  // taken, and either dropped or not enough. What was not delivered is in `rest`.
  Opened open(ByteView bytes, std::size_t chunk = SIZE_MAX) {
    rest = bytes;
    for (;;) {
      Opened opened = reader.open();
      if (!opened || *opened) return opened;
      if (reader.needed() == 0) continue;
      if (rest.empty()) return opened;
      const MutableBytes space = reader.space();
      const std::size_t part = std::min({space.size(), rest.size(), chunk});
      copy_bytes(space.data(), rest.first(part));
      reader.received(part);
      rest = rest.subspan(part);
    }
  }
  void expect_record(ByteView bytes, ContentType type, ByteView content,
                     std::size_t chunk = SIZE_MAX) {
    const Opened opened = open(bytes, chunk);
    ASSERT_TRUE(opened) << static_cast<int>(opened.error().reason);
    ASSERT_TRUE(opened->has_value());
    EXPECT_EQ((*opened)->type, type);
    EXPECT_TRUE(equal((*opened)->content, content));
    reader.release();
  }
  void expect_dropped(ByteView bytes) {
    const Opened opened = open(bytes);
    ASSERT_TRUE(opened) << static_cast<int>(opened.error().reason);
    EXPECT_FALSE(opened->has_value());
    EXPECT_TRUE(rest.empty());
    EXPECT_FALSE(reader.holds_input());
  }
  void expect_refused(ByteView bytes, Reason reason, AlertDescription alert) {
    const Opened opened = open(bytes);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().reason, reason);
    EXPECT_EQ(opened.error().alert, alert);
    EXPECT_EQ(opened.error().on_wire, OnWire::send_alert);
  }

  const Algorithms algorithms{nullptr, nullptr};
  RecordReader reader;
  ByteView rest;
};

// Under TLS 1.3, from the first record on.
class RecordReaderTest : public ReaderTest {
 protected:
  void install(AeadId aead = AeadId::aes_128_gcm) {
    const Bytes key(aead_key_size(aead), 1);
    const Bytes iv(kAeadNonceSize, 2);
    ASSERT_TRUE(reader.install(algorithms, aead, key, iv));
    ASSERT_TRUE(sealer.install(algorithms, aead, Direction::seal, key, iv));
  }
  // A record whose inner plaintext is exactly `inner`.
  Bytes sealed(ByteView inner) {
    const std::size_t size = inner.size() + sealer.tag_size();
    Bytes record = header(23, size);
    Bytes body(size);
    EXPECT_TRUE(sealer.seal(record, inner, {}, body));
    return joined(record, body);
  }
  Bytes sealed(ContentType type, ByteView content, std::size_t padding = 0) {
    Bytes inner = to_bytes(content);
    inner.push_back(code(type));
    inner.resize(inner.size() + padding);
    return sealed(inner);
  }

  Protector sealer;
  const Bytes text = to_bytes(as_bytes("forty-two bytes that were sent as a record"));
};

}  // namespace ciao::tls::testing
