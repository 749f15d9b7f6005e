// A pre-shared key of TLS 1.3 as a ClientHello names it (RFC 8446 §2.2, §4.2.11).
#pragma once

#include "crypto/hash.h"
#include "keys/key_schedule13.h"
#include "session/session.h"

namespace ciao::tls {

struct Psk {
  PskOrigin origin = PskOrigin::ticket;
  // That it is bound to: kept here, since the application may change the session meanwhile.
  HashId hash{};
  Bytes identity;
  Ref<Session> session;  // whose secret is the key; null: there is none
};

}  // namespace ciao::tls
