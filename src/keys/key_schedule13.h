// The key schedule of TLS 1.3 (RFC 8446 §7.1) as stages: going on to the next consumes the one
// before.
//
//               0
//               |
//     PSK ->  HKDF-Extract = Early Secret ------- EarlySecrets      binder key,
//               |                                               c e traffic, e exp master
//         Derive-Secret(., "derived", "")
//               |
//   (EC)DHE -> HKDF-Extract = Handshake Secret -- HandshakeSecrets  c hs traffic, s hs traffic
//               |
//         Derive-Secret(., "derived", "")
//               |
//     0 -> HKDF-Extract = Master Secret --------- MasterSecrets     c ap traffic, s ap traffic,
//                                                                   exp master, res master
#pragma once

#include "crypto/aead.h"
#include "crypto/hkdf.h"
#include "crypto/suites.h"

namespace ciao::tls {

// What a connection keeps once it is established.
struct ApplicationSecrets {
  HashSecret client_traffic;
  HashSecret server_traffic;
  HashSecret exporter_master;
};

class MasterSecrets {
 public:
  MasterSecrets(HashId hash, HashSecret secret) : hash_(hash), secret_(std::move(secret)) {}

  // `transcript`: the hash of ClientHello...server Finished
  Result<ApplicationSecrets> application(const Algorithms& algorithms, ByteView transcript) const;
  // `transcript`: the hash of ClientHello...client Finished
  Result<HashSecret> resumption(const Algorithms& algorithms, ByteView transcript) &&;

 private:
  HashId hash_;
  HashSecret secret_;
};

struct HandshakeTraffic {
  HashSecret client;
  HashSecret server;
};

class HandshakeSecrets {
 public:
  HandshakeSecrets(HashId hash, HashSecret secret) : hash_(hash), secret_(std::move(secret)) {}

  // `transcript`: the hash of ClientHello...ServerHello
  Result<HandshakeTraffic> traffic(const Algorithms& algorithms, ByteView transcript) const;
  Result<MasterSecrets> master(const Algorithms& algorithms) &&;

 private:
  HashId hash_;
  HashSecret secret_;
};

// Of a client that sends early data, and a server that takes it.
struct EarlyTraffic {
  HashSecret client;
  HashSecret exporter_master;
};

// Where a PSK comes from; its binder depends on it.
enum class PskOrigin : std::uint8_t { ticket, external };

class EarlySecrets {
 public:
  // Without a PSK, `psk` is empty and a string of zeros takes its place.
  static Result<EarlySecrets> create(const Algorithms& algorithms, HashId hash, ByteView psk);

  HashId hash() const { return hash_; }
  // The PskBinderEntry: `transcript` is the hash up to the truncated ClientHello (RFC 8446
  // §4.2.11.2).
  Result<HashSecret> binder(const Algorithms& algorithms, PskOrigin origin,
                            ByteView transcript) const;
  // `transcript`: the hash of ClientHello
  Result<EarlyTraffic> traffic(const Algorithms& algorithms, ByteView transcript) const;
  // `shared` is the (EC)DHE secret; empty where there is none (psk_ke).
  Result<HandshakeSecrets> handshake(const Algorithms& algorithms, ByteView shared) &&;

 private:
  EarlySecrets(HashId hash, HashSecret secret) : hash_(hash), secret_(std::move(secret)) {}

  HashId hash_;
  HashSecret secret_;
};

// RFC 8446 §7.3: [sender]_write_key and [sender]_write_iv
struct TrafficKeys {
  Secret<kMaxAeadKeySize> key;
  Secret<kAeadNonceSize> iv;
};
Result<TrafficKeys> traffic_keys(const Algorithms& algorithms, const Suite& suite,
                                 ByteView traffic_secret);

// RFC 8446 §7.2: application_traffic_secret_N+1
Result<HashSecret> next_traffic_secret(const Algorithms& algorithms, HashId hash,
                                       ByteView traffic_secret);

// RFC 8446 §4.4.4: verify_data under a traffic secret (or binder key) for a transcript hash
Result<HashSecret> finished_mac(const Algorithms& algorithms, HashId hash, ByteView base_key,
                                ByteView transcript);

// RFC 8446 §4.6.1: the PSK of a ticket
Result<HashSecret> ticket_psk(const Algorithms& algorithms, HashId hash, ByteView resumption_master,
                              ByteView nonce);

// RFC 8446 §7.5: fills `out`
Result<void> export_keying_material(const Algorithms& algorithms, HashId hash,
                                    ByteView exporter_master, std::string_view label,
                                    ByteView context, MutableBytes out);

}  // namespace ciao::tls
