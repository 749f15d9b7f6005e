// The example handshakes of RFC 8448, byte for byte: every secret, key and IV, both Finished, the
// binder, and every protected record, opened and sealed again.
#include <gtest/gtest.h>

#include <cctype>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "keys/key_schedule13.h"
#include "keys/transcript.h"
#include "record/record_reader.h"
#include "record/record_writer.h"

namespace ciao::tls {
namespace {

using nlohmann::json;

Bytes from_hex(const std::string& text) {
  Bytes bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    bytes.push_back(static_cast<std::uint8_t>(std::stoi(text.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

std::string hex(ByteView bytes) {
  std::string text;
  for (const std::uint8_t byte : bytes) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

json traces() {
  std::ifstream file(CIAO_TEST_VECTORS "/rfc8448.json");
  return json::parse(file).at("traces");
}

void deliver(RecordReader& reader, ByteView bytes) {
  while (!bytes.empty()) {
    // What the reader asks for, one piece at a time, as a transport would give it.
    const std::size_t part = std::min(reader.space().size(), bytes.size());
    copy_bytes(reader.space().data(), bytes.first(part));
    reader.received(part);
    bytes = bytes.subspan(part);
    if (bytes.empty()) return;
    EXPECT_FALSE(reader.open()->has_value());
  }
}

// One sender's records under one secret: checks each by opening it and by sealing it again.
class Direction8448 {
 public:
  Direction8448(const Algorithms& algorithms, ByteView secret) {
    const Suite& suite = *find_suite13(0x1301);
    keys_ = *traffic_keys(algorithms, suite, secret);
    EXPECT_TRUE(reader_.install(algorithms, suite.aead, keys_.key.view(), keys_.iv.view()));
    EXPECT_TRUE(writer_.install(algorithms, suite.aead, keys_.key.view(), keys_.iv.view()));
    reader_.set_ccs_allowed(true);
  }

  void expect_keys(const json& expected) const {
    EXPECT_EQ(hex(keys_.key.view()), expected.at("key"));
    EXPECT_EQ(hex(keys_.iv.view()), expected.at("iv"));
  }
  void expect_record(ContentType type, ByteView content, const std::string& record) {
    deliver(reader_, from_hex(record));
    const Result<std::optional<Record>> opened = reader_.open();
    ASSERT_TRUE(opened);
    ASSERT_TRUE(opened->has_value());
    EXPECT_EQ((*opened)->type, type);
    EXPECT_EQ(hex((*opened)->content), hex(content));
    reader_.release();
    ASSERT_TRUE(writer_.seal(type, content));
    EXPECT_EQ(hex(writer_.output()), record);
    writer_.sent(writer_.output().size());
  }
  // A change_cipher_spec record, which is dropped.
  void expect_dropped(const std::string& record) {
    deliver(reader_, from_hex(record));
    const Result<std::optional<Record>> opened = reader_.open();
    ASSERT_TRUE(opened);
    EXPECT_FALSE(opened->has_value());
  }

 private:
  TrafficKeys keys_;
  RecordReader reader_;
  RecordWriter writer_;
};

class Rfc8448 : public ::testing::TestWithParam<json> {
 protected:
  std::string text(const char* name) const { return trace.at(name); }
  Bytes bytes(const char* name) const { return from_hex(text(name)); }
  // A handshake message that is a record of its own, unprotected.
  ByteView message_of(const Bytes& record) const {
    return ByteView(record).subspan(limits::kRecordHeader);
  }
  void add_hellos() {
    const Bytes hello = bytes("client_hello_record");
    transcript.add(message_of(hello));
    ASSERT_TRUE(transcript.start(algorithms, HashId::sha256));
    if (trace.contains("retry_records")) {
      ASSERT_TRUE(transcript.replace_with_message_hash(algorithms));
      for (const json& record : trace.at("retry_records"))
        transcript.add(message_of(from_hex(record)));
    }
  }
  EarlySecrets early_secrets() const {
    return *EarlySecrets::create(algorithms, HashId::sha256,
                                 trace.contains("psk") ? bytes("psk") : Bytes());
  }
  ByteView digest() {
    digest_ = *transcript.hash();
    return digest_.view();
  }
  // The messages of one side's flight, the last of which is its Finished under `secret`.
  void expect_flight(const char* messages, const char* record, ByteView secret,
                     Direction8448& direction) {
    Bytes flight;
    Bytes last;
    for (const json& each : trace.at(messages)) {
      if (!last.empty()) transcript.add(last);
      last = from_hex(each);
      flight.insert(flight.end(), last.begin(), last.end());
    }
    const HashSecret verify_data = *finished_mac(algorithms, HashId::sha256, secret, digest());
    EXPECT_EQ("14000020" + hex(verify_data.view()), hex(last));
    transcript.add(last);
    direction.expect_record(ContentType::handshake, flight, text(record));
  }

  const json trace = GetParam();
  Algorithms algorithms{nullptr, nullptr};
  Transcript transcript;
  Digest digest_;
};

TEST_P(Rfc8448, UnprotectedRecordsAreWrittenAsInTheTrace) {
  RecordWriter writer;
  writer.set_initial_version(true);
  ASSERT_TRUE(writer.seal(ContentType::handshake, message_of(bytes("client_hello_record"))));
  EXPECT_EQ(hex(writer.output()), text("client_hello_record"));
  RecordWriter server;
  ASSERT_TRUE(server.seal(ContentType::handshake, message_of(bytes("server_hello_record"))));
  EXPECT_EQ(hex(server.output()), text("server_hello_record"));
}

TEST_P(Rfc8448, BinderAndEarlyData) {
  if (!trace.contains("psk")) {
    EXPECT_FALSE(trace.contains("binder"));
    return;
  }
  // PskBinderEntry binders<33..2^16-1>: one binder of 32 bytes ends the message.
  const Bytes record = bytes("client_hello_record");
  const ByteView hello = message_of(record);
  constexpr std::size_t kBinders = 2 + 1 + 32;
  Transcript truncated;
  const Digest hash =
      *truncated.hash_with(algorithms, HashId::sha256, hello.first(hello.size() - kBinders));
  EXPECT_EQ(hex(early_secrets().binder(algorithms, PskOrigin::ticket, hash.view())->view()),
            text("binder"));
  EXPECT_EQ(hex(hello.last(32)), text("binder"));

  const Digest whole = *hash_of(algorithms, HashId::sha256, {hello});
  const EarlyTraffic early = *early_secrets().traffic(algorithms, whole.view());
  const HashSecret& traffic = early.client;
  EXPECT_EQ(hex(traffic.view()), text("client_early_traffic_secret"));
  Direction8448 client(algorithms, traffic.view());
  for (const json& each : trace.at("early_records")) {
    client.expect_record(static_cast<ContentType>(each.at("type").get<int>()),
                         from_hex(each.at("content")), each.at("record"));
  }
}

TEST_P(Rfc8448, SecretsFinishedAndProtectedRecords) {
  ASSERT_NO_FATAL_FAILURE(add_hellos());
  transcript.add(message_of(bytes("server_hello_record")));

  HandshakeSecrets handshake = *early_secrets().handshake(algorithms, bytes("shared"));
  const HandshakeTraffic traffic = *handshake.traffic(algorithms, digest());
  EXPECT_EQ(hex(traffic.client.view()), text("client_handshake_traffic_secret"));
  EXPECT_EQ(hex(traffic.server.view()), text("server_handshake_traffic_secret"));
  Direction8448 server(algorithms, traffic.server.view());
  Direction8448 client(algorithms, traffic.client.view());
  server.expect_keys(trace.at("server_handshake_keys"));
  client.expect_keys(trace.at("client_handshake_keys"));
  if (trace.contains("change_cipher_spec_record")) {
    server.expect_dropped(text("change_cipher_spec_record"));
    client.expect_dropped(text("change_cipher_spec_record"));
  }
  expect_flight("server_messages", "server_flight_record", traffic.server.view(), server);

  MasterSecrets master = *std::move(handshake).master(algorithms);
  const ApplicationSecrets secrets = *master.application(algorithms, digest());
  EXPECT_EQ(hex(secrets.client_traffic.view()), text("client_application_traffic_secret"));
  EXPECT_EQ(hex(secrets.server_traffic.view()), text("server_application_traffic_secret"));
  EXPECT_EQ(hex(secrets.exporter_master.view()), text("exporter_master_secret"));

  // EndOfEarlyData, where there is one, comes before the client's flight.
  if (trace.contains("early_records"))
    transcript.add(from_hex(trace.at("early_records").back().at("content")));
  expect_flight("client_messages", "client_flight_record", traffic.client.view(), client);
  EXPECT_EQ(hex(std::move(master).resumption(algorithms, digest())->view()),
            text("resumption_master_secret"));

  Direction8448 client_data(algorithms, secrets.client_traffic.view());
  Direction8448 server_data(algorithms, secrets.server_traffic.view());
  client_data.expect_keys(trace.at("client_application_keys"));
  server_data.expect_keys(trace.at("server_application_keys"));
  for (const json& each : trace.at("application_records")) {
    Direction8448& from = each.at("from") == "client" ? client_data : server_data;
    from.expect_record(static_cast<ContentType>(each.at("type").get<int>()),
                       from_hex(each.at("content")), each.at("record"));
  }
}

TEST(Rfc8448Traces, AreAllThere) { EXPECT_EQ(traces().size(), 5u); }

std::string name_of(const ::testing::TestParamInfo<json>& each) {
  std::string name;
  for (const char letter : each.param.at("name").get<std::string>()) {
    if (std::isalnum(static_cast<unsigned char>(letter)) != 0) name += letter;
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(Traces, Rfc8448, ::testing::ValuesIn(traces().get<std::vector<json>>()),
                         name_of);

}  // namespace
}  // namespace ciao::tls
