#include "handshake/secrets12.h"

#include "config/observer.h"

namespace ciao::tls {

Result<void> Secrets12::derive(HandshakeContext& context, ByteView premaster) {
  const Negotiated& facts = context.negotiated;
  if (facts.extended_master_secret) {
    const Digest session_hash = TRY(context.transcript.hash());
    master_ = TRY(extended_master_secret(context.algorithms, facts.suite->hash, premaster,
                                         session_hash.view()));
  } else {
    master_ = TRY(master_secret(context.algorithms, facts.suite->hash, premaster,
                                facts.client_random, facts.server_random));
  }
  return expand(context);
}

Result<void> Secrets12::resume(HandshakeContext& context, ByteView master) {
  if (master.size() != kMasterSecretSize) return internal_error();
  master_.assign(master);
  return expand(context);
}

Result<void> Secrets12::expand(HandshakeContext& context) {
  const Negotiated& facts = context.negotiated;
  keys_ = TRY(key_block12(context.algorithms, *facts.suite, master_.view(), facts.client_random,
                          facts.server_random));
  return {};
}

RecordKeys12 Secrets12::record_keys(const HandshakeContext& context, Role sender) const {
  const bool etm = context.negotiated.encrypt_then_mac;
  return sender == Role::client ? RecordKeys12{keys_.client_mac_key.view(), keys_.client_key.view(),
                                               keys_.client_iv.view(), etm}
                                : RecordKeys12{keys_.server_mac_key.view(), keys_.server_key.view(),
                                               keys_.server_iv.view(), etm};
}

Result<void> Secrets12::change_write(HandshakeContext& context) {
  TRY(context.channel.send_change_cipher_spec());
  return context.channel.install_write(*context.negotiated.suite,
                                       record_keys(context, context.exchange.role));
}

Result<void> Secrets12::change_read(HandshakeContext& context) {
  return context.channel.install_read(*context.negotiated.suite,
                                      record_keys(context, peer_of(context.exchange.role)));
}

Result<void> Secrets12::send_finished(HandshakeContext& context) {
  const Digest transcript = TRY(context.transcript.hash());
  const VerifyData data =
      TRY(verify_data12(context.algorithms, context.negotiated.suite->hash, master_.view(),
                        context.exchange.role, transcript.view()));
  Bytes out;
  MessageBuilder message(out, HandshakeType::finished);
  message.body().bytes(data.view());
  context.negotiated.own_finished = to_bytes(data.view());
  // As late as in OpenSSL.
  Observer& observer = *context.hooks.observer;
  if (observer.wants_keys()) {
    observer.key_log("CLIENT_RANDOM", context.negotiated.client_random, master_.view());
  }
  return context.send(TRY(message.finish()));
}

Result<FinishedVerified> Secrets12::check_finished(HandshakeContext& context, ByteView body) const {
  return FinishedVerified::check12(context, master_.view(), body);
}

}  // namespace ciao::tls
