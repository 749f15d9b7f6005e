// HKDF (RFC 5869) and HKDF-Expand-Label (RFC 8446 §7.1).
#pragma once

#include <string_view>

#include "crypto/hash.h"

namespace ciao::tls {

Result<HashSecret> hkdf_extract(const Algorithms& algorithms, HashId hash, ByteView salt,
                                ByteView input);

// Fills `out`, at most 255 hash lengths. `label` is without the "tls13 " prefix.
Result<void> hkdf_expand_label(const Algorithms& algorithms, HashId hash, ByteView secret,
                               std::string_view label, ByteView context, MutableBytes out);

// The same for a result of one hash length: RFC 8446's Derive-Secret, given the transcript hash.
Result<HashSecret> derive_secret(const Algorithms& algorithms, HashId hash, ByteView secret,
                                 std::string_view label, ByteView transcript_hash);

}  // namespace ciao::tls
