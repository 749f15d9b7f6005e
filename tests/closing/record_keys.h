// One direction's record protection, written with libcrypto's EVP alone: what the injector seals
// with and the wire tracker opens with.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace ciao::closing {

struct Suite {
  uint16_t id;
  const char* cipher;
  const char* hash;
  size_t key_size;
  size_t tag_size;
  bool ccm;
};

const Suite* find_suite(uint16_t id);

// What the hellos and the key log of one connection tell; shared by its two directions.
struct ConnectionSecrets {
  int version = 0;
  const Suite* suite = nullptr;
  std::string client_random;
  std::string server_random;
  std::map<std::string, std::string> by_label;  // the newest line of each label

  void add_line(std::string_view line);  // one line of SSL_CTX_set_keylog_callback
};

struct OpenedRecord {
  uint8_t type = 0;
  std::string content;
};

class RecordKeys {
 public:
  // TLS 1.3 (RFC 8446 §7.3).
  static RecordKeys from_traffic_secret(const Suite& suite, const std::string& secret);
  // TLS 1.2 AEAD (RFC 5246 §6.3, RFC 5288 §3).
  static RecordKeys from_master_secret(const ConnectionSecrets& secrets, bool client_writes);

  // RFC 8446 §7.2. TLS 1.3 only.
  RecordKeys next_generation() const;

  std::string seal(uint8_t type, std::string_view content, uint64_t sequence) const;
  std::optional<OpenedRecord> open(std::string_view record, uint64_t sequence) const;

 private:
  std::string nonce13(uint64_t sequence) const;
  std::string seal13(uint8_t type, std::string_view content, uint64_t sequence) const;
  std::string seal12(uint8_t type, std::string_view content, uint64_t sequence) const;
  std::optional<OpenedRecord> open13(std::string_view record, uint64_t sequence) const;
  std::optional<OpenedRecord> open12(std::string_view record, uint64_t sequence) const;

  const Suite* suite_ = nullptr;
  bool tls13_ = true;
  std::string secret_;
  std::string key_;
  std::string iv_;
};

}  // namespace ciao::closing
