#include "wire.h"

#include <algorithm>

namespace ciao::differential {
namespace {

constexpr size_t kHeader = 5;

size_t number(const std::string& bytes, size_t at, size_t size) {
  size_t value = 0;
  for (size_t i = at; i < at + size; ++i) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

}  // namespace

std::string Wire::describe(const std::string& bytes, bool exact) {
  rest_ += bytes;
  std::string text;
  std::string last;
  while (rest_.size() >= kHeader && rest_.size() >= kHeader + number(rest_, 3, 2)) {
    const size_t size = kHeader + number(rest_, 3, 2);
    std::string next = " " + record(rest_.substr(0, size), exact);
    rest_.erase(0, size);
    // Into how many records handshake messages go is the sender's choice.
    const bool both_clear = next.starts_with(" 22/") && next.ends_with("]") && !last.empty() &&
                            last.starts_with(" 22/") && last.ends_with("]");
    if (both_clear) {
      const std::string more = next.substr(next.find('[') + 1);
      text.pop_back();
      text += (text.ends_with("[") || more == "]" ? "" : "+") + more;
    } else if (exact || next != last) {
      text += next;
    }
    last = std::move(next);
  }
  if (!rest_.empty()) text += exact ? " part:" + std::to_string(rest_.size()) : " part";
  return text;
}

// The types of the handshake messages that begin in a record; a message may go on in the next one.
std::string Wire::messages(const std::string& record) {
  std::string text;
  for (size_t at = kHeader; at < record.size();) {
    if (left_ > 0) {
      const size_t skipped = std::min(left_, record.size() - at);
      left_ -= skipped;
      at += skipped;
      continue;
    }
    if (header_.empty()) {
      text += (text.empty() ? "" : "+") + std::to_string(number(record, at, 1));
    }
    header_ += record[at++];
    if (header_.size() == 4) {
      left_ = number(header_, 1, 3);
      header_.clear();
    }
  }
  return text;
}

std::string Wire::record(const std::string& whole, bool exact) {
  const size_t type = number(whole, 0, 1);
  std::string text = std::to_string(type);
  // An alert before the version is agreed on has one or the other.
  if (type != 21) text += "/" + std::to_string(number(whole, 1, 2));
  if (type == 22 && !protected_) return text + "[" + messages(whole) + "]";
  if (type == 20) protected_ = true;
  if (type == 21 && !protected_ && whole.size() == kHeader + 2) {
    return text + "[" + std::to_string(number(whole, 5, 1)) + "," +
           std::to_string(number(whole, 6, 1)) + "]";
  }
  // Of a hello it is the library's own choice.
  return exact && type != 22 ? text + ":" + std::to_string(whole.size() - kHeader) : text;
}

}  // namespace ciao::differential
