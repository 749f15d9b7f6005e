#include "record/record_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "record/record_writer.h"

namespace ciao::tls {
namespace {

constexpr AeadId kAll[] = {AeadId::aes_128_gcm, AeadId::aes_256_gcm, AeadId::chacha20_poly1305,
                           AeadId::aes_128_ccm, AeadId::aes_128_ccm_8};

Bytes header(unsigned type, std::size_t size, unsigned version = 0x0303) {
  return {static_cast<std::uint8_t>(type), static_cast<std::uint8_t>(version >> 8),
          static_cast<std::uint8_t>(version), static_cast<std::uint8_t>(size >> 8),
          static_cast<std::uint8_t>(size)};
}

Bytes joined(ByteView a, ByteView b) {
  Bytes bytes = to_bytes(a);
  bytes.insert(bytes.end(), b.begin(), b.end());
  return bytes;
}

Bytes plain(ContentType type, ByteView content) {
  return joined(header(code(type), content.size()), content);
}

class RecordReaderTest : public ::testing::Test {
 protected:
  using Opened = Result<std::optional<Record>>;

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

  Algorithms algorithms{nullptr, nullptr};
  RecordReader reader;
  Protector sealer;
  ByteView rest;
  const Bytes text = to_bytes(as_bytes("forty-two bytes that were sent as a record"));
};

// --- before there are keys ---

TEST_F(RecordReaderTest, OpensPlaintextHandshakeAndAlertRecords) {
  expect_record(plain(ContentType::handshake, text), ContentType::handshake, text);
  expect_record(plain(ContentType::alert, Bytes{2, 40}), ContentType::alert, Bytes{2, 40});
  // RFC 8446 §5.1: legacy_record_version "MUST be ignored for all purposes"
  for (const unsigned version : {0x0300u, 0x0301u, 0x03ffu}) {
    expect_record(joined(header(22, text.size(), version), text), ContentType::handshake, text);
  }
}

TEST_F(RecordReaderTest, TellsForeignProtocolsByTheirFirstBytes) {
  const struct {
    const char* bytes;
    Reason reason;
  } kForeign[] = {
      {"GET / HTTP/1.1", Reason::http_request},
      {"POST /", Reason::http_request},
      {"HEAD /", Reason::http_request},
      {"PUT /x", Reason::http_request},
      {"CONNECT x", Reason::https_proxy_request},
      {"SSH-2.0", Reason::wrong_version_number},
      {"HTTP/1.1 400", Reason::wrong_version_number},
  };
  for (const auto& foreign : kForeign) {
    SCOPED_TRACE(foreign.bytes);
    reader = RecordReader();
    const Opened opened = open(as_bytes(foreign.bytes));
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().reason, foreign.reason);
    EXPECT_EQ(opened.error().on_wire, OnWire::silent);
  }
}

TEST_F(RecordReaderTest, AWrongVersionLaterOnIsAnsweredByAnAlert) {
  expect_record(plain(ContentType::handshake, text), ContentType::handshake, text);
  expect_refused(header(22, 10, 0x0203), Reason::wrong_version_number,
                 AlertDescription::protocol_version);
}

TEST_F(RecordReaderTest, RefusesPlaintextByItsLengthAlone) {
  const Bytes full(limits::kMaxPlaintext, 1);
  expect_record(plain(ContentType::handshake, full), ContentType::handshake, full);
  expect_refused(header(22, limits::kMaxPlaintext + 1), Reason::data_length_too_long,
                 AlertDescription::record_overflow);
}

TEST_F(RecordReaderTest, RefusesPlaintextOfOtherTypes) {
  const struct {
    ContentType type;
    Reason reason;
  } kTypes[] = {
      {ContentType::application_data, Reason::unexpected_message},
      {ContentType::change_cipher_spec, Reason::unexpected_message},
      {static_cast<ContentType>(24), Reason::bad_record_type},
      {static_cast<ContentType>(0), Reason::bad_record_type},
      {static_cast<ContentType>(255), Reason::bad_record_type},
  };
  for (const auto& each : kTypes) {
    reader = RecordReader();
    expect_refused(plain(each.type, Bytes{1}), each.reason, AlertDescription::unexpected_message);
  }
}

TEST_F(RecordReaderTest, RefusesAnEmptyPlaintextHandshakeRecord) {
  expect_refused(plain(ContentType::handshake, {}), Reason::bad_length,
                 AlertDescription::unexpected_message);
}

// --- change_cipher_spec ---

TEST_F(RecordReaderTest, DropsChangeCipherSpecWhereItIsAllowed) {
  reader.set_ccs_allowed(true);
  expect_dropped(plain(ContentType::change_cipher_spec, Bytes{1}));
  install();
  expect_dropped(plain(ContentType::change_cipher_spec, Bytes{1}));
  expect_record(sealed(ContentType::handshake, text), ContentType::handshake, text);
  reader.set_ccs_allowed(false);
  expect_refused(plain(ContentType::change_cipher_spec, Bytes{1}), Reason::bad_record_type,
                 AlertDescription::unexpected_message);
}

TEST_F(RecordReaderTest, RefusesAChangeCipherSpecWithAnotherContent) {
  for (const bool protect : {false, true}) {
    for (const Bytes& content : {Bytes{}, Bytes{0}, Bytes{2}, Bytes{1, 1}}) {
      reader = RecordReader();
      reader.set_ccs_allowed(true);
      if (protect) install();
      expect_refused(plain(ContentType::change_cipher_spec, content), Reason::invalid_ccs_message,
                     AlertDescription::unexpected_message);
    }
  }
}

TEST_F(RecordReaderTest, RefusesAFloodOfChangeCipherSpecs) {
  reader.set_ccs_allowed(true);
  for (unsigned i = 0; i < limits::kMaxEmptyRecords; ++i) {
    expect_dropped(plain(ContentType::change_cipher_spec, Bytes{1}));
  }
  expect_refused(plain(ContentType::change_cipher_spec, Bytes{1}), Reason::unexpected_ccs_message,
                 AlertDescription::unexpected_message);
}

// --- protected records ---

TEST_F(RecordReaderTest, OpensEveryTypeUnderEverySuite) {
  for (const AeadId aead : kAll) {
    SCOPED_TRACE(static_cast<int>(aead));
    reader = RecordReader();
    install(aead);
    expect_record(sealed(ContentType::handshake, text), ContentType::handshake, text);
    expect_record(sealed(ContentType::application_data, text), ContentType::application_data, text);
    expect_record(sealed(ContentType::alert, Bytes{1, 0}), ContentType::alert, Bytes{1, 0});
    expect_record(sealed(ContentType::application_data, {}), ContentType::application_data, {});
    const Bytes full(limits::kMaxPlaintext, 9);
    expect_record(sealed(ContentType::application_data, full), ContentType::application_data, full);
  }
}

TEST_F(RecordReaderTest, StripsPadding) {
  install();
  for (const std::size_t padding : {1u, 15u, 255u, 5000u}) {
    expect_record(sealed(ContentType::application_data, text, padding),
                  ContentType::application_data, text);
  }
  // Zeros that end the content itself stay.
  const Bytes zeros(7);
  expect_record(sealed(ContentType::application_data, zeros, 3), ContentType::application_data,
                zeros);
  // The inner plaintext may be one byte longer than a full record: the content type.
  expect_record(sealed(ContentType::application_data, text, limits::kMaxPlaintext - text.size()),
                ContentType::application_data, text);
}

TEST_F(RecordReaderTest, RefusesAnInnerPlaintextWithoutAType) {
  for (const std::size_t size : {1u, 100u, 16385u}) {
    SCOPED_TRACE(size);
    reader = RecordReader();
    install();
    expect_refused(sealed(Bytes(size)), Reason::bad_record_type,
                   AlertDescription::unexpected_message);
  }
}

// The block goes back to a pool, and from there to whoever comes next.
TEST_F(RecordReaderTest, LeavesNothingBehindOfARecordThatIsRefused) {
  for (const AeadId aead : kAll) {
    SCOPED_TRACE(static_cast<int>(aead));
    for (const bool spoiled : {true, false}) {
      reader = RecordReader();
      install(aead);
      Bytes record = sealed(spoiled ? ContentType::application_data : ContentType{24}, text);
      if (spoiled) record.back() ^= 1;
      ASSERT_TRUE(open(ByteView(record).first(6)));
      // Where the record stands, its first byte before it: the block stays the pool's.
      const std::uint8_t* body = reader.space().data() - 1;
      ASSERT_FALSE(open(ByteView(record).subspan(6)));
      EXPECT_EQ(std::string(body, body + text.size()), std::string(text.size(), '\0'));
    }
  }
}

// Not even a place for one: as in OpenSSL that is no record of TLS 1.3.
TEST_F(RecordReaderTest, RefusesARecordTooShortForAType) {
  install();
  expect_refused(sealed({}), Reason::decryption_failed_or_bad_record_mac,
                 AlertDescription::bad_record_mac);
}

TEST_F(RecordReaderTest, RefusesOtherInnerTypes) {
  for (const unsigned type : {1u, 20u, 24u, 255u}) {
    SCOPED_TRACE(type);
    reader = RecordReader();
    install();
    expect_refused(sealed(static_cast<ContentType>(type), text), Reason::bad_record_type,
                   AlertDescription::unexpected_message);
  }
}

TEST_F(RecordReaderTest, RefusesEmptyHandshakeAndAlertRecords) {
  for (const ContentType type : {ContentType::handshake, ContentType::alert}) {
    reader = RecordReader();
    install();
    expect_refused(sealed(type, {}, 10), Reason::bad_length, AlertDescription::unexpected_message);
  }
}

TEST_F(RecordReaderTest, CountsEmptyRecordsInARow) {
  install();
  for (int turn = 0; turn < 2; ++turn) {
    for (unsigned i = 0; i < limits::kMaxEmptyRecords; ++i) {
      expect_record(sealed(ContentType::application_data, {}, i), ContentType::application_data,
                    {});
    }
    if (turn == 0)
      expect_record(sealed(ContentType::application_data, text), ContentType::application_data,
                    text);
  }
  expect_refused(sealed(ContentType::application_data, {}), Reason::record_too_small,
                 AlertDescription::unexpected_message);
}

TEST_F(RecordReaderTest, OnlyDataEndsARunOfEmptyRecords) {
  install();
  for (unsigned i = 0; i < limits::kMaxEmptyRecords; ++i) {
    expect_record(sealed(ContentType::application_data, {}), ContentType::application_data, {});
    expect_record(sealed(ContentType::handshake, text), ContentType::handshake, text);
  }
  expect_refused(sealed(ContentType::application_data, {}), Reason::record_too_small,
                 AlertDescription::unexpected_message);
}

TEST_F(RecordReaderTest, RefusesProtectedRecordsByTheirHeaderAlone) {
  const struct {
    Bytes header;
    Reason reason;
    AlertDescription alert;
  } kHeaders[] = {
      {header(22, 50), Reason::bad_record_type, AlertDescription::unexpected_message},
      {header(20, 1), Reason::bad_record_type, AlertDescription::unexpected_message},
      {header(0, 50), Reason::bad_record_type, AlertDescription::unexpected_message},
      {header(23, 50, 0x0304), Reason::wrong_version_number, AlertDescription::decode_error},
      {header(23, 50, 0x0301), Reason::wrong_version_number, AlertDescription::decode_error},
      {header(23, 50, 0x0203), Reason::wrong_version_number, AlertDescription::protocol_version},
      {header(23, limits::kMaxCiphertext13 + 1), Reason::encrypted_length_too_long,
       AlertDescription::record_overflow},
      {header(23, 0xffff), Reason::encrypted_length_too_long, AlertDescription::record_overflow},
  };
  for (const auto& each : kHeaders) {
    reader = RecordReader();
    expect_record(plain(ContentType::handshake, text), ContentType::handshake, text);
    install();
    expect_refused(each.header, each.reason, each.alert);
  }
}

// RFC 8446 §5.4: the limit is on the inner plaintext, padding included.
TEST_F(RecordReaderTest, RefusesAnInnerPlaintextThatIsTooLong) {
  install();
  expect_refused(sealed(ContentType::application_data, text, limits::kMaxPlaintext),
                 Reason::data_length_too_long, AlertDescription::record_overflow);
  reader = RecordReader();
  install();
  expect_refused(sealed(Bytes(limits::kMaxCiphertext13 - 16, 23)), Reason::data_length_too_long,
                 AlertDescription::record_overflow);
}

TEST_F(RecordReaderTest, RefusesWhatTheKeyDidNotSeal) {
  for (const AeadId aead : kAll) {
    for (std::size_t size = 0; size <= 64; ++size) {
      SCOPED_TRACE(size);
      reader = RecordReader();
      install(aead);
      expect_refused(joined(header(23, size), Bytes(size, 0x5a)),
                     Reason::decryption_failed_or_bad_record_mac, AlertDescription::bad_record_mac);
    }
  }
}

// The header is authenticated: RFC 8446 §5.2, additional_data = TLSCiphertext.opaque_type ||
// legacy_record_version || length.
TEST_F(RecordReaderTest, RecordsOpenInTheirOrderAndWholeOnly) {
  install();
  const Bytes first = sealed(ContentType::application_data, text);
  const Bytes second = sealed(ContentType::application_data, text);
  expect_refused(second, Reason::decryption_failed_or_bad_record_mac,
                 AlertDescription::bad_record_mac);
  reader = RecordReader();
  install();
  expect_record(first, ContentType::application_data, text);
  expect_refused(first, Reason::decryption_failed_or_bad_record_mac,
                 AlertDescription::bad_record_mac);
}

TEST_F(RecordReaderTest, APlainAlertMayComeUntilTheFirstProtectedRecord) {
  install();
  expect_record(plain(ContentType::alert, Bytes{2, 40}), ContentType::alert, Bytes{2, 40});
  expect_record(sealed(ContentType::handshake, text), ContentType::handshake, text);
  expect_refused(plain(ContentType::alert, Bytes{2, 40}), Reason::bad_record_type,
                 AlertDescription::unexpected_message);
  reader = RecordReader();
  reader.set_plain_alerts_allowed(false);
  install();
  expect_refused(plain(ContentType::alert, Bytes{2, 40}), Reason::bad_record_type,
                 AlertDescription::unexpected_message);
}

TEST_F(RecordReaderTest, ANewKeyStartsANewSequence) {
  install(AeadId::aes_128_gcm);
  expect_record(sealed(ContentType::handshake, text), ContentType::handshake, text);
  install(AeadId::aes_256_gcm);
  expect_record(sealed(ContentType::handshake, text), ContentType::handshake, text);
  EXPECT_TRUE(reader.encrypted());
}

// --- early data that was refused ---

TEST_F(RecordReaderTest, SkipsRefusedEarlyDataUpToItsBudget) {
  reader.skip_early_data(100);
  install();
  const Bytes foreign = joined(header(23, 40), Bytes(40, 0x5a));
  expect_dropped(foreign);
  expect_dropped(foreign);
  expect_refused(foreign, Reason::too_much_early_data, AlertDescription::unexpected_message);
}

TEST_F(RecordReaderTest, TheFirstRecordThatOpensEndsTheSkipping) {
  reader.skip_early_data(1000);
  install();
  const Bytes foreign = joined(header(23, 40), Bytes(40, 0x5a));
  expect_dropped(foreign);
  expect_record(sealed(ContentType::handshake, text), ContentType::handshake, text);
  expect_refused(foreign, Reason::decryption_failed_or_bad_record_mac,
                 AlertDescription::bad_record_mac);
}

TEST_F(RecordReaderTest, SkipsEarlyDataAfterARetryToo) {
  reader.skip_early_data(100);
  expect_dropped(joined(header(23, 40), Bytes(40)));
  expect_dropped(joined(header(23, 60), Bytes(60)));
  expect_refused(joined(header(23, 1), Bytes(1)), Reason::too_much_early_data,
                 AlertDescription::unexpected_message);
}

TEST_F(RecordReaderTest, SkipsNothingWithoutABudget) {
  reader.skip_early_data(0);
  install();
  expect_refused(joined(header(23, 40), Bytes(40, 0x5a)), Reason::too_much_early_data,
                 AlertDescription::unexpected_message);
}

TEST_F(RecordReaderTest, SkipsNoFloodOfEmptyRecords) {
  for (const bool protect : {false, true}) {
    reader = RecordReader();
    reader.skip_early_data(1000);
    if (protect) install();
    for (unsigned i = 0; i < limits::kMaxEmptyRecords; ++i) expect_dropped(header(23, 0));
    expect_refused(header(23, 0), Reason::record_too_small, AlertDescription::unexpected_message);
  }
}

TEST_F(RecordReaderTest, TheSecondClientHelloEndsTheSkipping) {
  reader.skip_early_data(100);
  expect_dropped(joined(header(23, 40), Bytes(40)));
  expect_record(plain(ContentType::handshake, text), ContentType::handshake, text);
  expect_refused(joined(header(23, 40), Bytes(40)), Reason::unexpected_message,
                 AlertDescription::unexpected_message);
}

// --- delivery ---

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
}  // namespace ciao::tls
