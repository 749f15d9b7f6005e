#include "keys/key_schedule13.h"

namespace ciao::tls {
namespace {

constexpr std::uint8_t kZeros[kMaxHashSize] = {};

// Derive-Secret(secret, "derived", "") as the salt, then HKDF-Extract.
Result<HashSecret> next_stage(const Algorithms& algorithms, HashId hash, ByteView secret,
                              ByteView input) {
  const Digest empty = TRY(hash_of(algorithms, hash, {}));
  const HashSecret salt = TRY(derive_secret(algorithms, hash, secret, "derived", empty.view()));
  return hkdf_extract(algorithms, hash, salt.view(), input);
}

}  // namespace

Result<EarlySecrets> EarlySecrets::create(const Algorithms& algorithms, HashId hash, ByteView psk) {
  const ByteView zeros = ByteView(kZeros).first(hash_size(hash));
  return EarlySecrets(hash, TRY(hkdf_extract(algorithms, hash, zeros, psk.empty() ? zeros : psk)));
}

Result<HashSecret> EarlySecrets::binder(const Algorithms& algorithms, PskOrigin origin,
                                        ByteView transcript) const {
  // RFC 8446 §7.1: "The different labels prevent the substitution of one type of PSK for the
  // other."
  const std::string_view label = origin == PskOrigin::external ? "ext binder" : "res binder";
  const Digest empty = TRY(hash_of(algorithms, hash_, {}));
  const HashSecret binder_key =
      TRY(derive_secret(algorithms, hash_, secret_.view(), label, empty.view()));
  return finished_mac(algorithms, hash_, binder_key.view(), transcript);
}

Result<EarlyTraffic> EarlySecrets::traffic(const Algorithms& algorithms,
                                           ByteView transcript) const {
  EarlyTraffic traffic;
  traffic.client = TRY(derive_secret(algorithms, hash_, secret_.view(), "c e traffic", transcript));
  traffic.exporter_master =
      TRY(derive_secret(algorithms, hash_, secret_.view(), "e exp master", transcript));
  return traffic;
}

Result<HandshakeSecrets> EarlySecrets::handshake(const Algorithms& algorithms, ByteView shared) && {
  // RFC 8446 §7.1: "If a given secret is not available, then the 0-value ... is used."
  const ByteView zeros = ByteView(kZeros).first(hash_size(hash_));
  HashSecret next =
      TRY(next_stage(algorithms, hash_, secret_.view(), shared.empty() ? zeros : shared));
  secret_.clear();
  return HandshakeSecrets(hash_, std::move(next));
}

Result<HandshakeTraffic> HandshakeSecrets::traffic(const Algorithms& algorithms,
                                                   ByteView transcript) const {
  HandshakeTraffic traffic;
  traffic.client =
      TRY(derive_secret(algorithms, hash_, secret_.view(), "c hs traffic", transcript));
  traffic.server =
      TRY(derive_secret(algorithms, hash_, secret_.view(), "s hs traffic", transcript));
  return traffic;
}

Result<MasterSecrets> HandshakeSecrets::master(const Algorithms& algorithms) && {
  const ByteView zeros = ByteView(kZeros).first(hash_size(hash_));
  HashSecret next = TRY(next_stage(algorithms, hash_, secret_.view(), zeros));
  secret_.clear();
  return MasterSecrets(hash_, std::move(next));
}

Result<ApplicationSecrets> MasterSecrets::application(const Algorithms& algorithms,
                                                      ByteView transcript) const {
  ApplicationSecrets secrets;
  secrets.client_traffic =
      TRY(derive_secret(algorithms, hash_, secret_.view(), "c ap traffic", transcript));
  secrets.server_traffic =
      TRY(derive_secret(algorithms, hash_, secret_.view(), "s ap traffic", transcript));
  secrets.exporter_master =
      TRY(derive_secret(algorithms, hash_, secret_.view(), "exp master", transcript));
  return secrets;
}

Result<HashSecret> MasterSecrets::resumption(const Algorithms& algorithms, ByteView transcript) && {
  HashSecret resumption =
      TRY(derive_secret(algorithms, hash_, secret_.view(), "res master", transcript));
  secret_.clear();
  return resumption;
}

Result<TrafficKeys> traffic_keys(const Algorithms& algorithms, const Suite& suite,
                                 ByteView traffic_secret) {
  TrafficKeys keys;
  TRY(hkdf_expand_label(algorithms, suite.hash, traffic_secret, "key", {},
                        keys.key.resize(aead_key_size(suite.aead))));
  TRY(hkdf_expand_label(algorithms, suite.hash, traffic_secret, "iv", {},
                        keys.iv.resize(kAeadNonceSize)));
  return keys;
}

Result<HashSecret> next_traffic_secret(const Algorithms& algorithms, HashId hash,
                                       ByteView traffic_secret) {
  return derive_secret(algorithms, hash, traffic_secret, "traffic upd", {});
}

Result<HashSecret> finished_mac(const Algorithms& algorithms, HashId hash, ByteView base_key,
                                ByteView transcript) {
  const HashSecret finished_key = TRY(derive_secret(algorithms, hash, base_key, "finished", {}));
  return hmac(algorithms, hash, finished_key.view(), {transcript});
}

Result<HashSecret> ticket_psk(const Algorithms& algorithms, HashId hash, ByteView resumption_master,
                              ByteView nonce) {
  return derive_secret(algorithms, hash, resumption_master, "resumption", nonce);
}

Result<void> export_keying_material(const Algorithms& algorithms, HashId hash,
                                    ByteView exporter_master, std::string_view label,
                                    ByteView context, MutableBytes out) {
  // RFC 8446 §7.1: HkdfLabel has label<7..255>, "tls13 " included.
  constexpr std::size_t kMaxLabelSize = 249;
  if (label.size() > kMaxLabelSize) {
    return Error{Reason::tls_illegal_exporter_label, AlertDescription::internal_error};
  }
  const Digest empty = TRY(hash_of(algorithms, hash, {}));
  const HashSecret secret =
      TRY(derive_secret(algorithms, hash, exporter_master, label, empty.view()));
  const Digest context_hash = TRY(hash_of(algorithms, hash, {context}));
  return hkdf_expand_label(algorithms, hash, secret.view(), "exporter", context_hash.view(), out);
}

}  // namespace ciao::tls
