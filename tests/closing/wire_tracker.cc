#include "wire_tracker.h"

#include <openssl/ssl.h>

#include <algorithm>
#include <map>
#include <stdexcept>

namespace ciao::closing {

namespace {

constexpr size_t kHeaderSize = 5;
constexpr size_t kMessageHeaderSize = 4;
constexpr size_t kRandomSize = 32;

uint8_t byte_at(std::string_view s, size_t i) { return static_cast<uint8_t>(s[i]); }

size_t number_at(std::string_view s, size_t at, size_t size) {
  size_t value = 0;
  for (size_t i = 0; i < size; ++i) value = value << 8 | byte_at(s, at + i);
  return value;
}

std::string message_name(uint8_t type) {
  static const std::map<int, std::string> kNames = {
      {SSL3_MT_HELLO_REQUEST, "HelloRequest"},
      {SSL3_MT_CLIENT_HELLO, "ClientHello"},
      {SSL3_MT_SERVER_HELLO, "ServerHello"},
      {SSL3_MT_NEWSESSION_TICKET, "NewSessionTicket"},
      {SSL3_MT_ENCRYPTED_EXTENSIONS, "EncryptedExtensions"},
      {SSL3_MT_CERTIFICATE, "Certificate"},
      {SSL3_MT_SERVER_KEY_EXCHANGE, "ServerKeyExchange"},
      {SSL3_MT_CERTIFICATE_REQUEST, "CertificateRequest"},
      {SSL3_MT_SERVER_DONE, "ServerHelloDone"},
      {SSL3_MT_CERTIFICATE_VERIFY, "CertificateVerify"},
      {SSL3_MT_CLIENT_KEY_EXCHANGE, "ClientKeyExchange"},
      {SSL3_MT_FINISHED, "Finished"},
      {SSL3_MT_KEY_UPDATE, "KeyUpdate"},
  };
  const auto found = kNames.find(type);
  return found == kNames.end() ? "handshake" + std::to_string(type) : found->second;
}

}  // namespace

void WireTracker::restart() {
  epoch_ = Epoch::plain;
  encrypted12_ = false;
  keys_.reset();
  sequence_ = 0;
  unfinished_message_.clear();
}

bool WireTracker::tls13() const { return secrets_.version == TLS1_3_VERSION; }

std::vector<std::string> WireTracker::feed(std::string_view bytes) {
  std::vector<std::string> names;
  unfinished_record_ += bytes;
  while (unfinished_record_.size() >= kHeaderSize) {
    const size_t size = kHeaderSize + number_at(unfinished_record_, 3, 2);
    if (unfinished_record_.size() < size) break;
    const std::string record = unfinished_record_.substr(0, size);
    unfinished_record_.erase(0, size);
    take_record(record, names);
  }
  const size_t part = std::min(unfinished_record_.size(), bytes.size());
  if (part != 0) names.push_back("part" + std::to_string(part));
  return names;
}

void WireTracker::take_record(std::string_view record, std::vector<std::string>& names) {
  const uint8_t outer = byte_at(record, 0);
  const bool plain = tls13() ? outer != SSL3_RT_APPLICATION_DATA : !encrypted12_;
  if (plain) {
    take_plain(record, names);
    return;
  }
  if (!tls13() && !keys_) {
    keys_ = RecordKeys::from_master_secret(secrets_, client_writes_);
    sequence_ = 0;
  }
  if (tls13() && epoch_ == Epoch::plain) enter(Epoch::handshake);
  const auto opened = keys_ ? keys_->open(record, sequence_) : std::nullopt;
  if (!opened) {
    names.push_back("undecryptable");
    return;
  }
  ++sequence_;
  take_content(opened->type, opened->content, record.size(), names);
}

void WireTracker::take_plain(std::string_view record, std::vector<std::string>& names) {
  const uint8_t type = byte_at(record, 0);
  const std::string_view content = record.substr(kHeaderSize);
  if (type == SSL3_RT_HANDSHAKE) {
    take_handshake(content, names);
  } else if (type == SSL3_RT_CHANGE_CIPHER_SPEC) {
    names.push_back("ChangeCipherSpec");
    if (!tls13()) {
      encrypted12_ = true;
      keys_.reset();
    }
  } else if (type == SSL3_RT_ALERT && content.size() == 2) {
    names.push_back("plain-alert" + std::to_string(content[0]) + "." + std::to_string(content[1]));
  } else {
    names.push_back("plain" + std::to_string(type));
  }
}

void WireTracker::take_content(uint8_t type, std::string_view content, size_t record_size,
                               std::vector<std::string>& names) {
  switch (type) {
    case SSL3_RT_APPLICATION_DATA: names.push_back("data" + std::to_string(content.size())); break;
    case SSL3_RT_ALERT: names.push_back(alert_name(content, record_size)); break;
    case SSL3_RT_HANDSHAKE: take_handshake(content, names); break;
    case SSL3_RT_CHANGE_CIPHER_SPEC:  // TLS 1.2 renegotiation
      names.push_back("ChangeCipherSpec");
      keys_.reset();
      break;
    default: names.push_back("type" + std::to_string(type));
  }
}

// A close_notify is "CN" only when the whole record has its one right size (section 2 of the
// document).
std::string WireTracker::alert_name(std::string_view content, size_t record_size) const {
  if (content.size() != 2) return "alert-of-" + std::to_string(content.size());
  if (content[0] == SSL3_AL_WARNING && content[1] == SSL3_AD_CLOSE_NOTIFY) {
    const size_t tag = secrets_.suite->tag_size;
    const size_t expected = kHeaderSize + 2 + tag + (tls13() ? 1 : 8);
    return record_size == expected ? "CN" : "CN-of-" + std::to_string(record_size);
  }
  return "alert" + std::to_string(byte_at(content, 0)) + "." + std::to_string(byte_at(content, 1));
}

void WireTracker::take_handshake(std::string_view content, std::vector<std::string>& names) {
  unfinished_message_ += content;
  while (unfinished_message_.size() >= kMessageHeaderSize) {
    const size_t size = kMessageHeaderSize + number_at(unfinished_message_, 1, 3);
    if (unfinished_message_.size() < size) return;
    const std::string message = unfinished_message_.substr(0, size);
    unfinished_message_.erase(0, size);
    const uint8_t type = byte_at(message, 0);
    std::string name = message_name(type);
    if (type == SSL3_MT_KEY_UPDATE) name += std::to_string(byte_at(message, kMessageHeaderSize));
    // The only certificate whose size a row speaks of is the one after the handshake (C30).
    if (type == SSL3_MT_CERTIFICATE && epoch_ == Epoch::application) {
      name += "-of-" + std::to_string(size);
    }
    names.push_back(name);
    note_hello(type, std::string_view(message).substr(kMessageHeaderSize));
    if (tls13() && type == SSL3_MT_FINISHED && epoch_ == Epoch::handshake) {
      enter(Epoch::application);
    }
    if (tls13() && type == SSL3_MT_KEY_UPDATE) advance_generation();
  }
}

void WireTracker::note_hello(uint8_t type, std::string_view body) {
  const size_t random_at = 2;
  if (body.size() < random_at + kRandomSize + 1) return;
  const std::string random(body.substr(random_at, kRandomSize));
  if (type == SSL3_MT_CLIENT_HELLO) secrets_.client_random = random;
  if (type != SSL3_MT_SERVER_HELLO) return;
  secrets_.server_random = random;
  const size_t suite_at = random_at + kRandomSize + 1 + byte_at(body, random_at + kRandomSize);
  const size_t id = number_at(body, suite_at, 2);
  secrets_.suite = find_suite(static_cast<uint16_t>(id));
  if (secrets_.suite == nullptr) throw std::runtime_error("a suite the tracker cannot open");
}

const std::string* WireTracker::traffic_secret(Epoch epoch) const {
  std::string label = client_writes_ ? "CLIENT_" : "SERVER_";
  label += epoch == Epoch::handshake ? "HANDSHAKE_TRAFFIC_SECRET" : "TRAFFIC_SECRET_0";
  const auto found = secrets_.by_label.find(label);
  return found == secrets_.by_label.end() ? nullptr : &found->second;
}

void WireTracker::enter(Epoch epoch) {
  epoch_ = epoch;
  sequence_ = 0;
  keys_.reset();
  const std::string* secret = traffic_secret(epoch);
  if (secret == nullptr || secrets_.suite == nullptr) return;
  keys_ = RecordKeys::from_traffic_secret(*secrets_.suite, *secret);
}

std::string WireTracker::seal_next(uint8_t type, std::string_view content) {
  if (!keys_) throw std::runtime_error("nothing to seal with: this direction is not protected yet");
  return keys_->seal(type, content, sequence_++);
}

void WireTracker::advance_generation() {
  if (!keys_) return;
  keys_ = keys_->next_generation();
  sequence_ = 0;
}

}  // namespace ciao::closing
