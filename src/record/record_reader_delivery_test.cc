// How RecordReader asks for bytes, and that their delivery makes no difference.
#include "record/reader_for_tests.h"

namespace ciao::tls::testing {
namespace {

TEST_F(RecordReaderTest, OneByteAtATimeIsTheSame) {
  expect_record(plain(ContentType::handshake, text), ContentType::handshake, text, 1);
  install();
  expect_record(sealed(ContentType::application_data, text, 5), ContentType::application_data, text,
                1);
}

TEST_F(RecordReaderTest, AsksForTheHeaderAndThenForTheBody) {
  EXPECT_TRUE(reader.awaits_header());
  EXPECT_EQ(reader.needed(), limits::kRecordHeader);
  EXPECT_EQ(reader.space().size(), limits::kRecordHeader);
  const Bytes record = plain(ContentType::handshake, text);
  ASSERT_FALSE(open(ByteView(record).first(3))->has_value());
  EXPECT_EQ(reader.needed(), 2u);
  EXPECT_TRUE(reader.holds_input());
  ASSERT_FALSE(open(ByteView(record).subspan(3, 2))->has_value());
  EXPECT_FALSE(reader.awaits_header());
  EXPECT_EQ(reader.needed(), text.size());
  EXPECT_EQ(reader.space().size(), text.size());
  expect_record(ByteView(record).subspan(5), ContentType::handshake, text);
  EXPECT_FALSE(reader.holds_input());
}

TEST_F(RecordReaderTest, ReadingAheadTakesManyRecordsAtOnce) {
  reader.set_read_ahead(true);
  install();
  Bytes many;
  for (int i = 0; i < 5; ++i) many = joined(many, sealed(ContentType::application_data, text));
  const Bytes last = sealed(ContentType::application_data, text);
  many = joined(many, ByteView(last).first(20));
  expect_record(many, ContentType::application_data, text);
  EXPECT_TRUE(rest.empty());
  for (int i = 1; i < 5; ++i) {
    EXPECT_TRUE(reader.holds_input());
    expect_record({}, ContentType::application_data, text);
  }
  EXPECT_FALSE(open({})->has_value());
  EXPECT_TRUE(reader.holds_input());
  EXPECT_EQ(reader.needed(), last.size() - 20);
  expect_record(ByteView(last).subspan(20), ContentType::application_data, text);
  EXPECT_FALSE(reader.holds_input());
}

TEST_F(RecordReaderTest, ReadingAheadAsksForWhatWasSetWithinBounds) {
  constexpr std::size_t kRecord = limits::kRecordHeader + limits::kMaxCiphertext13;
  constexpr std::size_t kCases[][2] = {{1, kRecord},
                                       {kRecord + 1, kRecord + 1},
                                       {limits::kMaxReadAhead, limits::kMaxReadAhead},
                                       {std::size_t{0} - 1, limits::kMaxReadAhead}};
  for (const auto& [asked, given] : kCases) {
    reader.set_read_ahead(asked);
    EXPECT_EQ(reader.space().size(), given);
  }
}

// SSL_set_read_ahead may be called at any time, also between the bytes of a header.
TEST_F(RecordReaderTest, ReadingAheadCanBeSwitchedAtEveryByte) {
  const Bytes first = plain(ContentType::handshake, as_bytes("first"));
  const Bytes many = joined(first, plain(ContentType::handshake, as_bytes("second")));
  for (const bool before : {false, true}) {
    for (std::size_t cut = 1; cut < many.size(); ++cut) {
      SCOPED_TRACE(cut);
      reader = RecordReader();
      reader.set_read_ahead(before);
      const Opened early = open(ByteView(many).first(cut));
      ASSERT_TRUE(early);
      if (*early) reader.release();
      ByteView left = ByteView(many).subspan(cut - rest.size());
      reader.set_read_ahead(!before);
      if (!*early) {
        expect_record(left, ContentType::handshake, as_bytes("first"));
        left = rest;
      }
      expect_record(left, ContentType::handshake, as_bytes("second"));
    }
  }
}

TEST_F(RecordReaderTest, ReadingAheadChecksAHeaderUnderTheKeysOfItsRecord) {
  reader.set_read_ahead(true);
  const Bytes hello = plain(ContentType::handshake, text);
  // Behind the hello comes an unprotected record that only the old epoch would take.
  const Opened opened = open(joined(hello, hello));
  ASSERT_TRUE(opened && opened->has_value());
  reader.release();
  install();
  expect_refused({}, Reason::bad_record_type, AlertDescription::unexpected_message);
}

}  // namespace
}  // namespace ciao::tls::testing
