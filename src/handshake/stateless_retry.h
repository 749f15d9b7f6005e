// A HelloRetryRequest that the server may forget (RFC 8446 §4.2.2): what it has to know when the
// client comes back is in the cookie, sealed.
#pragma once

#include "handshake/context.h"

namespace ciao::tls {

// Server, suite and group are chosen and the transcript ends before ClientHello1: makes the cookie
// for the retry. `share_fits`: the retry does not ask for another share.
Result<void> make_retry_cookie(HandshakeContext& context, bool share_fits);

// Server, suite and group are chosen and the transcript is empty: takes up what the cookie of
// ClientHello2 says, and brings the transcript to behind the retry, which `legacy_session_id` was
// part of. False when there is no cookie to go by: it is none, or too old, or nobody could check
// it.
Result<bool> take_up_retry_cookie(HandshakeContext& context, bool share_fits,
                                  ByteView legacy_session_id);

// The HelloRetryRequest that `context` says.
Result<Bytes> write_retry(HandshakeContext& context, ByteView legacy_session_id);

}  // namespace ciao::tls
