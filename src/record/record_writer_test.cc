#include "record/record_writer.h"

#include <gtest/gtest.h>

#include "record/record_reader.h"

namespace ciao::tls {
namespace {

constexpr AeadId kAll[] = {AeadId::aes_128_gcm, AeadId::aes_256_gcm, AeadId::chacha20_poly1305,
                           AeadId::aes_128_ccm, AeadId::aes_128_ccm_8};

class RecordWriterTest : public ::testing::Test {
 protected:
  void install(AeadId aead = AeadId::aes_128_gcm) {
    const Bytes key(aead_key_size(aead), 1);
    const Bytes iv(kAeadNonceSize, 2);
    ASSERT_TRUE(writer.install(algorithms, aead, key, iv));
    ASSERT_TRUE(reader.install(algorithms, aead, key, iv));
  }
  // What was written, which must be one record, opened.
  Record delivered() {
    while (!writer.output().empty()) {
      const MutableBytes space = reader.space();
      const std::size_t part = std::min(space.size(), writer.output().size());
      copy_bytes(space.data(), writer.output().first(part));
      reader.received(part);
      writer.sent(part);
      if (writer.output().empty()) break;
      EXPECT_FALSE(reader.open()->has_value());
    }
    Result<std::optional<Record>> opened = reader.open();
    EXPECT_TRUE(opened && opened->has_value());
    return opened && *opened ? **opened : Record();
  }

  Algorithms algorithms{nullptr, nullptr};
  RecordWriter writer;
  RecordReader reader;
  const Bytes text = to_bytes(as_bytes("text"));
};

TEST_F(RecordWriterTest, WritesPlaintextWithoutAKey) {
  ASSERT_TRUE(writer.seal(ContentType::handshake, text));
  EXPECT_EQ(to_bytes(writer.output()), (Bytes{22, 3, 3, 0, 4, 't', 'e', 'x', 't'}));
  EXPECT_EQ(to_bytes(writer.last_header()), (Bytes{22, 3, 3, 0, 4}));
  EXPECT_EQ(writer.overhead(), limits::kRecordHeader);
}

TEST_F(RecordWriterTest, TheFirstRecordMaySay0301) {
  writer.set_initial_version(true);
  ASSERT_TRUE(writer.seal(ContentType::handshake, text));
  EXPECT_EQ(writer.output()[2], 1);
  writer.sent(writer.output().size());
  writer.set_initial_version(false);
  ASSERT_TRUE(writer.seal(ContentType::handshake, text));
  EXPECT_EQ(writer.output()[2], 3);
}

TEST_F(RecordWriterTest, HidesTheTypeAndOpensAgain) {
  for (const AeadId aead : kAll) {
    SCOPED_TRACE(static_cast<int>(aead));
    reader = RecordReader();
    install(aead);
    for (const std::size_t size : {0u, 1u, 15u, 16u, 17u, 1000u, 16384u}) {
      const Bytes content(size, 0x61);
      ASSERT_TRUE(writer.seal(ContentType::application_data, content));
      EXPECT_EQ(writer.output().size(), writer.overhead() + size);
      EXPECT_EQ(writer.output()[0], 23);
      const Record record = delivered();
      EXPECT_EQ(record.type, ContentType::application_data);
      EXPECT_TRUE(equal(record.content, content));
      reader.release();
    }
    EXPECT_EQ(writer.sequence(), 7u);
  }
}

TEST_F(RecordWriterTest, PadsWithinTheRecordsSize) {
  for (const AeadId aead : {AeadId::aes_128_gcm, AeadId::aes_128_ccm}) {
    reader = RecordReader();
    install(aead);
    for (const std::size_t padding : {1u, 100u, 16380u, 16384u, 100000u}) {
      ASSERT_TRUE(writer.seal(ContentType::alert, text, padding));
      const std::size_t room = limits::kMaxPlaintext - text.size();
      EXPECT_EQ(writer.output().size(), writer.overhead() + text.size() + std::min(padding, room));
      const Record record = delivered();
      EXPECT_EQ(record.type, ContentType::alert);
      EXPECT_TRUE(equal(record.content, text));
      reader.release();
    }
  }
}

TEST_F(RecordWriterTest, RefusesMoreThanARecordHolds) {
  const Bytes content(limits::kMaxPlaintext + 1);
  EXPECT_FALSE(writer.seal(ContentType::handshake, content));
  install();
  EXPECT_FALSE(writer.seal(ContentType::application_data, content));
  EXPECT_TRUE(writer.output().empty());
  EXPECT_EQ(writer.sequence(), 0u);
}

TEST_F(RecordWriterTest, KeepsWhatWasNotSent) {
  install();
  ASSERT_TRUE(writer.seal(ContentType::application_data, text));
  ASSERT_TRUE(writer.seal(ContentType::application_data, text));
  const Bytes both = to_bytes(writer.output());
  EXPECT_FALSE(equal(ByteView(both).first(both.size() / 2), ByteView(both).last(both.size() / 2)));
  writer.sent(3);
  EXPECT_TRUE(equal(writer.output(), ByteView(both).subspan(3)));
  writer.sent(both.size() - 3);
  EXPECT_TRUE(writer.output().empty());
}

TEST_F(RecordWriterTest, QueuesUnprotectedRecordsWhateverTheKeys) {
  install();
  writer.queue_plaintext(ContentType::change_cipher_spec, Bytes{1});
  EXPECT_EQ(to_bytes(writer.output()), (Bytes{20, 3, 3, 0, 1, 1}));
  EXPECT_EQ(writer.sequence(), 0u);
}

// The record that takes the place of one that nobody saw has its sequence number, or the peer could
// not open it.
TEST_F(RecordWriterTest, ARecordTakenBackLeavesNoGap) {
  install();
  ASSERT_TRUE(writer.seal(ContentType::alert, Bytes{1, 0}));
  writer.take_back();
  EXPECT_TRUE(writer.output().empty());
  EXPECT_EQ(writer.sequence(), 0u);
  ASSERT_TRUE(writer.seal(ContentType::application_data, text));
  EXPECT_TRUE(equal(delivered().content, text));
}

TEST_F(RecordWriterTest, ANewKeyStartsANewSequence) {
  install(AeadId::aes_128_gcm);
  ASSERT_TRUE(writer.seal(ContentType::application_data, text));
  static_cast<void>(delivered());
  reader.release();
  install(AeadId::chacha20_poly1305);
  EXPECT_EQ(writer.sequence(), 0u);
  EXPECT_EQ(writer.aead(), AeadId::chacha20_poly1305);
  ASSERT_TRUE(writer.seal(ContentType::application_data, text));
  EXPECT_TRUE(equal(delivered().content, text));
}

}  // namespace
}  // namespace ciao::tls
