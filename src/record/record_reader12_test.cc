// What the receiving half takes and refuses once TLS 1.2 is negotiated (RFC 5246 §6.2).
#include "record/reader_for_tests.h"
#include "record/record_writer.h"

namespace ciao::tls::testing {
namespace {

constexpr std::uint16_t kGcm = 0xc02f;
constexpr std::uint16_t kChaCha = 0xcca8;
constexpr std::uint16_t kCbc = 0xc027;

Bytes plain(unsigned type, ByteView content, unsigned minor = 3) {
  return joined(header(type, content.size(), 0x300 | minor), content);
}

class RecordReader12 : public ReaderTest {
 protected:
  void SetUp() override { ASSERT_TRUE(reader.set_tls12()); }
  void install(std::uint16_t id, bool encrypt_then_mac = false) {
    const Suite& suite = *find_suite12(id);
    const Bytes mac_key(mac_size(suite.mac), 1);
    const Bytes key(
        suite.aead == AeadId::none ? cbc_key_size(suite.cbc) : aead_key_size(suite.aead), 2);
    const Bytes iv(suite.aead == AeadId::chacha20_poly1305 ? 12 : 4, 3);
    const RecordKeys12 keys = {mac_key, key, iv, encrypt_then_mac};
    ASSERT_TRUE(reader.install(algorithms, suite, keys));
    ASSERT_TRUE(writer.install(algorithms, suite, keys));
    ASSERT_TRUE(sealer.install(algorithms, suite, Direction::seal, keys));
  }
  // Sealed by our own sending half.
  Bytes sealed(ContentType type, ByteView content) {
    EXPECT_TRUE(writer.seal(type, content));
    Bytes record = to_bytes(writer.output());
    writer.sent(record.size());
    return record;
  }
  // Sealed without its limits.
  Bytes sealed_anyway(unsigned type, ByteView content) {
    const std::size_t size = sealer.sealed_size(content.size());
    Bytes record = plain(type, Bytes(size));
    Bytes body(size);
    EXPECT_TRUE(sealer.seal(ByteView(record).first(5), content, {}, body));
    copy_bytes(record.data() + 5, body);
    return record;
  }

  RecordWriter writer;
  Protector sealer;
  const Bytes text = to_bytes(as_bytes("text"));
};

// --- before there are keys ---

TEST_F(RecordReader12, TakesPlainHandshakeAlertAndChangeCipherSpec) {
  expect_record(plain(22, text), ContentType::handshake, text);
  expect_record(plain(21, Bytes{1, 0}), ContentType::alert, Bytes{1, 0});
  const Bytes one = {1};
  expect_record(plain(20, one), ContentType::change_cipher_spec, one);
}

TEST_F(RecordReader12, RefusesOtherPlainTypes) {
  for (const unsigned type : {0U, 19U, 24U, 25U, 255U}) {
    reader = RecordReader();
    ASSERT_TRUE(reader.set_tls12());
    expect_refused(plain(type, text), Reason::bad_record_type,
                   AlertDescription::unexpected_message);
  }
  reader = RecordReader();
  ASSERT_TRUE(reader.set_tls12());
  expect_refused(plain(23, text), Reason::unexpected_message, AlertDescription::unexpected_message);
}

TEST_F(RecordReader12, RefusesAnEmptyPlainHandshakeRecord) {
  expect_refused(plain(22, {}), Reason::bad_length, AlertDescription::unexpected_message);
}

// RFC 5246 §6.2.1: the version is { 3, 3 }.
TEST_F(RecordReader12, RefusesOtherRecordVersions) {
  for (const bool keys : {false, true}) {
    for (const unsigned minor : {0U, 1U, 2U, 4U, 255U}) {
      reader = RecordReader();
      ASSERT_TRUE(reader.set_tls12());
      if (keys) install(kGcm);
      expect_refused(plain(22, text, minor), Reason::wrong_version_number,
                     AlertDescription::protocol_version);
    }
  }
}

TEST_F(RecordReader12, RefusesAnOverlongPlainRecordByItsHeader) {
  const Bytes full(limits::kMaxPlaintext, 1);
  expect_record(plain(22, full), ContentType::handshake, full);
  const Bytes header = {22, 3, 3, 0x40, 0x01};
  expect_refused(header, Reason::data_length_too_long, AlertDescription::record_overflow);
}

// Middlebox compatibility is TLS 1.3's: a change_cipher_spec that was taken for it is out of place.
TEST(RecordReader12Start, RefusesToBeginAfterADroppedChangeCipherSpec) {
  RecordReader reader;
  reader.set_ccs_allowed(true);
  const Bytes record = plain(20, Bytes{1});
  copy_bytes(reader.space().data(), ByteView(record).first(5));
  reader.received(5);
  ASSERT_TRUE(reader.open());
  copy_bytes(reader.space().data(), ByteView(record).subspan(5));
  reader.received(1);
  ASSERT_TRUE(reader.open());
  const Result<void> begun = reader.set_tls12();
  ASSERT_FALSE(begun);
  EXPECT_EQ(code(begun.error().alert), code(AlertDescription::unexpected_message));
}

// --- with keys ---

struct Keys12 {
  std::uint16_t suite;
  bool encrypt_then_mac;
};
class RecordReader12Keys : public RecordReader12, public ::testing::WithParamInterface<Keys12> {
 protected:
  void SetUp() override {
    RecordReader12::SetUp();
    install(GetParam().suite, GetParam().encrypt_then_mac);
  }
};
INSTANTIATE_TEST_SUITE_P(Suites, RecordReader12Keys,
                         ::testing::Values(Keys12{kGcm, false}, Keys12{kChaCha, false},
                                           Keys12{kCbc, false}, Keys12{kCbc, true}));

TEST_P(RecordReader12Keys, OpensWhatTheWriterSeals) {
  for (const std::size_t chunk : {std::size_t{1}, std::size_t{7}, SIZE_MAX}) {
    expect_record(sealed(ContentType::handshake, text), ContentType::handshake, text, chunk);
    expect_record(sealed(ContentType::application_data, text), ContentType::application_data, text,
                  chunk);
    expect_record(sealed(ContentType::alert, Bytes{1, 0}), ContentType::alert, Bytes{1, 0}, chunk);
  }
  const Bytes full(limits::kMaxPlaintext, 9);
  expect_record(sealed(ContentType::application_data, full), ContentType::application_data, full);
}

TEST_P(RecordReader12Keys, ReadsAhead) {
  reader.set_read_ahead(1);  // a record's length, which is the least
  Bytes both = sealed(ContentType::application_data, text);
  const Bytes full(limits::kMaxPlaintext, 9);
  const Bytes second = sealed(ContentType::application_data, full);
  both.insert(both.end(), second.begin(), second.end());
  rest = both;
  int records = 0;
  while (records < 2) {
    const Opened opened = reader.open();
    ASSERT_TRUE(opened);
    if (*opened) {
      ++records;
      reader.release();
      continue;
    }
    ASSERT_FALSE(rest.empty());
    const MutableBytes space = reader.space();
    const std::size_t part = std::min(space.size(), rest.size());
    copy_bytes(space.data(), rest.first(part));
    reader.received(part);
    rest = rest.subspan(part);
  }
}

TEST_P(RecordReader12Keys, RefusesARecordThatIsNotProtected) {
  expect_refused(plain(22, Bytes(100, 1)), Reason::decryption_failed_or_bad_record_mac,
                 AlertDescription::bad_record_mac);
}

// Once there are keys, not even an alert may come without.
TEST_P(RecordReader12Keys, RefusesAPlainAlert) {
  expect_refused(plain(21, Bytes{2, 40}), Reason::decryption_failed_or_bad_record_mac,
                 AlertDescription::bad_record_mac);
}

TEST_P(RecordReader12Keys, RefusesUnknownTypes) {
  for (const unsigned type : {0U, 19U, 24U, 255U}) {
    SCOPED_TRACE(type);
    reader = RecordReader();
    SetUp();
    expect_refused(sealed_anyway(type, text), Reason::bad_record_type,
                   AlertDescription::unexpected_message);
  }
}

// RFC 5246 §6.2.1: "Implementations MUST NOT send zero-length fragments of Handshake, Alert, or
// ChangeCipherSpec content types. Zero-length fragments of Application data MAY be sent".
TEST_P(RecordReader12Keys, RefusesEmptyRecordsButOfApplicationData) {
  expect_record(sealed_anyway(23, {}), ContentType::application_data, {});
  for (const unsigned type : {20U, 21U, 22U}) {
    reader = RecordReader();
    SetUp();
    expect_refused(sealed_anyway(type, {}), type == 21 ? Reason::invalid_alert : Reason::bad_length,
                   AlertDescription::unexpected_message);
  }
}

TEST_P(RecordReader12Keys, RefusesARunOfEmptyRecords) {
  for (int round = 0; round < 2; ++round) {
    for (unsigned i = 0; i < limits::kMaxEmptyRecords; ++i) {
      expect_record(sealed_anyway(23, {}), ContentType::application_data, {});
    }
    if (round == 0) expect_record(sealed_anyway(23, text), ContentType::application_data, text);
  }
  expect_refused(sealed_anyway(23, {}), Reason::record_too_small,
                 AlertDescription::unexpected_message);
}

TEST_P(RecordReader12Keys, RefusesAnOverlongPlaintextInside) {
  expect_refused(sealed_anyway(23, Bytes(limits::kMaxPlaintext + 1, 1)),
                 Reason::data_length_too_long, AlertDescription::record_overflow);
}

TEST_P(RecordReader12Keys, RefusesAnOverlongRecordByItsHeader) {
  const std::size_t size = limits::kMaxCiphertext12 + 1;
  const Bytes header = {23, 3, 3, static_cast<std::uint8_t>(size >> 8),
                        static_cast<std::uint8_t>(size)};
  expect_refused(header, Reason::encrypted_length_too_long, AlertDescription::record_overflow);
}

TEST_P(RecordReader12Keys, RefusesARecordTwice) {
  const Bytes record = sealed(ContentType::application_data, text);
  expect_record(record, ContentType::application_data, text);
  expect_refused(record, Reason::decryption_failed_or_bad_record_mac,
                 AlertDescription::bad_record_mac);
}

// New keys, as in a renegotiation: the sequence starts again and the old keys are gone.
TEST_P(RecordReader12Keys, NewKeysStartANewSequence) {
  expect_record(sealed(ContentType::application_data, text), ContentType::application_data, text);
  const Bytes old = sealed(ContentType::application_data, text);
  install(GetParam().suite == kGcm ? kCbc : kGcm);
  expect_record(sealed(ContentType::application_data, text), ContentType::application_data, text);
  expect_refused(old, Reason::decryption_failed_or_bad_record_mac,
                 AlertDescription::bad_record_mac);
}

}  // namespace
}  // namespace ciao::tls::testing
