// Views of bytes, and the comparisons made on them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace ciao::tls {

using ByteView = std::span<const std::uint8_t>;
using MutableBytes = std::span<std::uint8_t>;
using Bytes = std::vector<std::uint8_t>;

inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline Bytes to_bytes(ByteView view) { return {view.begin(), view.end()}; }

// For public values only: stops at the first difference.
inline bool equal(ByteView a, ByteView b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size()) == 0);
}

// For MACs, binders and Finished values: the time taken depends on the lengths alone.
bool constant_time_equal(ByteView a, ByteView b);

// Overwrites memory in a way that the compiler may not remove.
void wipe(void* data, std::size_t size);
inline void wipe(MutableBytes bytes) { wipe(bytes.data(), bytes.size()); }

// memcpy that allows the empty view's null pointer.
inline void copy_bytes(std::uint8_t* to, ByteView from) {
  if (!from.empty()) std::memcpy(to, from.data(), from.size());
}

}  // namespace ciao::tls
