// Follows one direction of a connection: names what passes, and knows the keys, the KeyUpdate
// generation and the sequence number that the next record of that direction needs.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "record_keys.h"

namespace ciao::closing {

class WireTracker {
 public:
  WireTracker(ConnectionSecrets& secrets, bool client_writes)
      : secrets_(secrets), client_writes_(client_writes) {}

  // The names of what was completed by `bytes`, then "part<n>" when the last n of them belong to a
  // record that is not whole yet.
  std::vector<std::string> feed(std::string_view bytes);

  // A record sealed as this direction's writer would seal its next one; it counts as sent.
  std::string seal_next(uint8_t type, std::string_view content);
  // The writer's KeyUpdate was sealed: what follows is under the next generation.
  void advance_generation();
  // The writer starts over in the clear on the same transport (SSL_clear).
  void restart();
  bool protects() const { return keys_.has_value(); }

 private:
  enum class Epoch { plain, handshake, application };

  void take_record(std::string_view record, std::vector<std::string>& names);
  void take_plain(std::string_view record, std::vector<std::string>& names);
  void take_content(uint8_t type, std::string_view content, size_t record_size,
                    std::vector<std::string>& names);
  void take_handshake(std::string_view content, std::vector<std::string>& names);
  void note_hello(uint8_t type, std::string_view body);
  void enter(Epoch epoch);
  std::string alert_name(std::string_view content, size_t record_size) const;
  const std::string* traffic_secret(Epoch epoch) const;
  bool tls13() const;

  ConnectionSecrets& secrets_;
  bool client_writes_;
  Epoch epoch_ = Epoch::plain;
  bool encrypted12_ = false;
  std::optional<RecordKeys> keys_;
  uint64_t sequence_ = 0;
  std::string unfinished_record_;
  std::string unfinished_message_;
};

}  // namespace ciao::closing
