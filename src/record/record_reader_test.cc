#include "record/record_reader.h"

#include "record/reader_for_tests.h"

namespace ciao::tls::testing {
namespace {

constexpr AeadId kAll[] = {AeadId::aes_128_gcm, AeadId::aes_256_gcm, AeadId::chacha20_poly1305,
                           AeadId::aes_128_ccm, AeadId::aes_128_ccm_8};

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
      {"\x80\x2e\x01\x03\x03", Reason::wrong_version_number},  // SSL 2.0's ClientHello
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

}  // namespace
}  // namespace ciao::tls::testing
