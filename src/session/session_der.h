// Sessions as bytes: OpenSSL's SSL_SESSION structure (d2i_SSL_SESSION(3)), which is also what
// tickets hold, so that sessions and tickets go back and forth between ciao and OpenSSL.
#pragma once

#include "session/session.h"

namespace ciao::tls {

// An error means that a certificate cannot be encoded.
Result<Bytes> encode_session(const Session& session);

// Fills `session`, which must be fresh, from the structure that `bytes` begins with, and answers
// how long that is. `algorithms` is for the peer's certificate; null stands for libcrypto's default
// context. Hostile bytes are an error and nothing worse; suite and version may be any.
Result<std::size_t> decode_session(Session& session, ByteView bytes, const Algorithms* algorithms);

}  // namespace ciao::tls
