#include "handshake/hello_server.h"

#include <algorithm>

#include "config/certificate_source.h"
#include "extensions/custom.h"
#include "extensions/max_fragment_length.h"
#include "extensions/registry.h"
#include "handshake/authentication.h"
#include "handshake/negotiate.h"
#include "handshake/resumption.h"
#include "handshake/session_facts.h"
#include "handshake/settle.h"
#include "handshake/stateless_retry.h"

namespace ciao::tls {
namespace {

// RFC 8446 §4.2.9: with psk_ke a known key needs no share. As in OpenSSL one that fits, or could be
// asked for, is preferred where the client has psk_dhe_ke, too.
bool may_go_without_share(const Offered& offered, const Result<bool>& share_fits) {
  if (!offered.psk_ke || offered.psk_identities.empty()) return false;
  return !offered.psk_dhe_ke || !share_fits;
}

ByteView body_of(const Bytes& message) { return ByteView(message).subspan(kHandshakeHeaderSize); }

// The extensions that a second ClientHello must repeat. By type: their order may change, and
// looking each one up would be much work for a block of 16,000.
std::vector<ExtensionView> lasting_extensions(const ClientHello& hello) {
  std::vector<ExtensionView> lasting;
  for (const ExtensionView& extension : hello.extensions.entries) {
    switch (extension.type) {
      case ExtensionType::key_share:
      case ExtensionType::early_data:
      case ExtensionType::cookie:
      case ExtensionType::pre_shared_key:
      case ExtensionType::padding: break;
      default: lasting.push_back(extension);
    }
  }
  std::sort(lasting.begin(), lasting.end(),
            [](const ExtensionView& a, const ExtensionView& b) { return a.type < b.type; });
  return lasting;
}

// Without a certificate there has to be a PSK, and those of TLS 1.2's interface have no hash of
// their own. RFC 8446 §4.2.11: "if no hash is defined, default to SHA-256".
std::optional<HashId> preferred_hash(const HandshakeContext& context) {
  if (!context.hooks.application->has_psk()) return std::nullopt;
  for (std::size_t kind = 0; kind < kKeyKindCount; ++kind) {
    if (context.hooks.certificates->credential(static_cast<KeyKind>(kind)) != nullptr) {
      return std::nullopt;
    }
  }
  return HashId::sha256;
}

}  // namespace

Result<Step> HelloServer::step(HandshakeContext& context) {
  switch (state_) {
    case State::start: return read_client_hello(context);
    case State::callback: return ask_application(context);
    case State::recvd_ch: return negotiate(context);
    case State::early_data: return pause_for_early_data(context);
  }
  return internal_error();
}

Result<Step> HelloServer::read_client_hello(HandshakeContext& context) {
  // RFC 8446 §D.4: the client may send it in front of its second ClientHello, which for a server
  // that has forgotten the first is the beginning.
  if (context.exchange.stateless_retry) context.channel.allow_change_cipher_spec(true);
  HandshakeMessage message;
  if (const auto stop = TRY(next_message(context, message))) return *stop;
  if (message.type != HandshakeType::client_hello) return unexpected_message();
  context.stages.read(HandshakeStage::server_read_client_hello, message);
  // The application may be asked more than once, long after the record is gone: the message is
  // kept.
  first_hello_ = std::move(context.exchange.client_hello);
  // What the first ClientHello said and this one does not is not said.
  context.exchange.offered = {};
  context.exchange.custom_received.clear();
  context.exchange.client_hello = to_bytes(message.raw);
  const ClientHello hello = TRY(ClientHello::parse(body_of(context.exchange.client_hello)));
  TRY(check_hello(context, hello));
  state_ = State::callback;
  return Step::again();
}

Result<Step> HelloServer::ask_application(HandshakeContext& context) {
  const ClientHello hello = TRY(ClientHello::parse(body_of(context.exchange.client_hello)));
  if (TRY(context.hooks.application->client_hello(hello)) == Answer::pending)
    return Step::stop(Wait::client_hello);
  state_ = State::recvd_ch;
  return Step::again();
}

// What holds for every ClientHello, whatever is negotiated.
Result<void> HelloServer::check_hello(HandshakeContext& context, const ClientHello& hello) const {
  const ByteView methods = hello.legacy_compression_methods;
  if (std::find(methods.begin(), methods.end(), 0) == methods.end()) {
    return Error{Reason::no_compression_specified, AlertDescription::decode_error};
  }
  // RFC 8446 §4.2.11: "The "pre_shared_key" extension MUST be the last extension in the
  // ClientHello".
  const auto& extensions = hello.extensions.entries;
  for (std::size_t i = 0; i + 1 < extensions.size(); ++i) {
    if (extensions[i].type == ExtensionType::pre_shared_key) {
      return Error{Reason::bad_extension, AlertDescription::illegal_parameter};
    }
  }
  if (context.exchange.retry) TRY(check_second_hello(hello));
  return {};
}

// RFC 8446 §4.1.2 lists what a second ClientHello may change; all else is compared.
Result<void> HelloServer::check_second_hello(const ClientHello& hello) const {
  const Error changed{Reason::bad_extension, AlertDescription::illegal_parameter};
  const ClientHello first = TRY(ClientHello::parse(body_of(first_hello_)));
  if (first.legacy_version != hello.legacy_version || !equal(first.random, hello.random) ||
      !equal(first.legacy_session_id, hello.legacy_session_id) ||
      !equal(first.cipher_suites, hello.cipher_suites) ||
      !equal(first.legacy_compression_methods, hello.legacy_compression_methods)) {
    return changed;
  }
  const auto before = lasting_extensions(first);
  const auto now = lasting_extensions(hello);
  const bool same = std::equal(before.begin(), before.end(), now.begin(), now.end(),
                               [](const ExtensionView& a, const ExtensionView& b) {
                                 return a.type == b.type && equal(a.content, b.content);
                               });
  if (!same) return changed;
  return {};
}

Result<Step> HelloServer::negotiate(HandshakeContext& context) {
  Exchange& exchange = context.exchange;
  const ClientHello hello = TRY(ClientHello::parse(body_of(context.exchange.client_hello)));
  TRY(choose_version(context, hello));
  if (exchange.selected_version == ProtocolVersion::tls1_2) return Step::done();
  context.channel.allow_change_cipher_spec(true);
  copy_bytes(context.negotiated.client_random.data(), hello.random);
  legacy_session_id_ = to_bytes(hello.legacy_session_id);
  TRY(choose_suite(context, hello));
  TRY(parse_extensions(exchange, In::client_hello, hello.extensions));
  const bool may_resume = !exchange.offered.psk_identities.empty();
  TRY(read_custom_extensions(exchange, In::client_hello, hello.extensions, {},
                             may_resume ? CustomPart::without_waiting : CustomPart::all));
  // The name's callback finds a session to look at, as in OpenSSL; nginx does look.
  begin_session(context);
  TRY(settle_server_name(context));
  TRY(context.transcript.start(context.algorithms, context.negotiated.suite->hash));
  if (const auto retry = TRY(settle_key_exchange(context))) return *retry;
  context.negotiated.resumed = exchange.psk_selected();
  if (context.negotiated.resumed) {
    // Nothing is signed; as in OpenSSL, what it would be chosen from is not kept.
    context.negotiated.peer_schemes.clear();
    context.negotiated.peer_certificate_schemes.clear();
  }
  settle_max_fragment_length(exchange, exchange.psk.session.get());
  context.channel.limit_fragments(max_fragment_size(context.negotiated.max_fragment_length));
  if (may_resume) {
    TRY(read_custom_extensions(exchange, In::client_hello, hello.extensions, {},
                               CustomPart::waiting));
  }
  if (!exchange.psk_selected()) begin_session(context);
  TRY(settle_alpn(context));
  // RFC 8446 §9.2: without a PSK, "signature_algorithms" is required.
  if (!exchange.psk_selected() && !exchange.offered.signature_algorithms_present) {
    return Error{Reason::missing_sigalgs_extension, AlertDescription::missing_extension};
  }
  if (!exchange.psk_selected()) TRY(check_shared_schemes(exchange));
  context.transcript.add(exchange.client_hello);
  return Step::done();
}

// Group and PSK, or the retry that has to be sent first.
Result<std::optional<Step>> HelloServer::settle_key_exchange(HandshakeContext& context) {
  Exchange& exchange = context.exchange;
  const Result<bool> share_fits = choose_group(context);
  const bool may_be_alone = may_go_without_share(exchange.offered, share_fits);
  if (!share_fits && !may_be_alone) return share_fits.error();
  const bool ready = may_be_alone || *share_fits;
  if (exchange.stateless_retry && !exchange.retry &&
      !TRY(take_up_retry_cookie(context, ready, legacy_session_id_))) {
    return TRY(send_retry(context, ready));
  }
  if (!ready) return TRY(send_retry(context, false));
  TRY(select_psk(context, *context.negotiated.suite, exchange.client_hello));
  exchange.psk_alone = may_be_alone && exchange.psk_selected();
  if (exchange.psk_alone) {
    exchange.selected_group = NamedGroup::none;
    exchange.peer_key_exchange.clear();
    return std::nullopt;
  }
  if (!share_fits) return share_fits.error();
  if (*share_fits) return std::nullopt;
  // A retry that was forgotten has had its answer.
  if (exchange.retry) return Error{Reason::bad_key_share, AlertDescription::illegal_parameter};
  return TRY(send_retry(context, false));
}

Result<void> HelloServer::choose_version(HandshakeContext& context,
                                         const ClientHello& hello) const {
  const ExtensionView* extension = hello.extensions.find(ExtensionType::supported_versions);
  std::vector<ProtocolVersion>& offered = context.exchange.offered.versions;
  if (extension != nullptr) {
    // RFC 8446 §D.5: "Any endpoint receiving a Hello message with ClientHello.legacy_version ...
    // set to 0x0300 MUST abort the handshake with a "protocol_version" alert."
    if (hello.legacy_version <= ProtocolVersion::ssl3) {
      return Error{Reason::bad_legacy_version, AlertDescription::protocol_version};
    }
    TRY(parse_supported_versions(context.exchange, In::client_hello,
                                 Reader(extension->content, Reason::bad_extension)));
  } else {
    // RFC 8446 §4.2.1: "If this extension is not present, servers ... MUST negotiate TLS 1.2 or
    // prior ... even if ClientHello.legacy_version is 0x0304 or later."
    offered.assign(hello.legacy_version >= ProtocolVersion::tls1_2 ? 1 : 0,
                   ProtocolVersion::tls1_2);
  }
  const auto possible = [&](ProtocolVersion version) {
    // A HelloRetryRequest was the answer of TLS 1.3.
    if (context.exchange.retry && version != ProtocolVersion::tls1_3) return false;
    if (version == ProtocolVersion::tls1_3 && !may_choose_tls13(context)) return false;
    return std::ranges::find(offered, version) != offered.end() && context.exchange.allows(version);
  };
  ProtocolVersion& selected = context.exchange.selected_version;
  if (possible(ProtocolVersion::tls1_3)) {
    selected = ProtocolVersion::tls1_3;
  } else if (possible(ProtocolVersion::tls1_2)) {
    selected = ProtocolVersion::tls1_2;
  } else {
    // The client's version is what SSL_version shows of this handshake, as in OpenSSL.
    if (!context.negotiated.renegotiation.active) context.negotiated.version = hello.legacy_version;
    // Whether the client has nothing for us, or nobody could have.
    const bool none = !context.exchange.allows(ProtocolVersion::tls1_3) &&
                      !context.exchange.allows(ProtocolVersion::tls1_2);
    return Error{none ? Reason::no_protocols_available : Reason::unsupported_protocol,
                 AlertDescription::protocol_version};
  }
  context.negotiated.version = selected;
  if (selected != ProtocolVersion::tls1_3) return {};
  // RFC 8446 §4.1.2: "For every TLS 1.3 ClientHello, this vector MUST contain exactly one byte, set
  // to zero".
  if (hello.legacy_compression_methods.size() != 1) {
    return Error{Reason::invalid_compression_algorithm, AlertDescription::illegal_parameter};
  }
  return {};
}

Result<void> HelloServer::choose_suite(HandshakeContext& context, const ClientHello& hello) const {
  context.negotiated.peer_suites = hello.suites();
  const Suite* suite = tls::choose_suite(context.algorithms, context.config->suites13,
                                         context.negotiated.peer_suites, context.config->options,
                                         preferred_hash(context));
  // The retry named a suite: the same one must come out again.
  if (suite == nullptr ||
      (context.negotiated.suite != nullptr && context.negotiated.suite != suite)) {
    return Error{context.exchange.retry ? Reason::bad_cipher : Reason::no_shared_cipher,
                 context.exchange.retry ? AlertDescription::illegal_parameter
                                        : AlertDescription::handshake_failure};
  }
  context.negotiated.suite = suite;
  return {};
}

// True when the client brought a share for a group of ours; false when it has to be asked for one.
Result<bool> HelloServer::choose_group(HandshakeContext& context) const {
  Exchange& exchange = context.exchange;
  const Offered& offered = exchange.offered;
  // RFC 8446 §9.2: the two come together.
  if (!offered.supported_groups_present) {
    return Error{Reason::missing_supported_groups_extension, AlertDescription::missing_extension};
  }
  if (!offered.key_share_present) {
    return Error{Reason::no_suitable_key_share, AlertDescription::missing_extension};
  }
  const auto groups = exchange.groups();
  const auto supported = [&](NamedGroup group) {
    return usable_in_tls13(context.algorithms, group) &&
           std::find(groups.begin(), groups.end(), group) != groups.end();
  };
  for (const KeyShareEntry& share : offered.key_shares) {
    if (!supported(share.group)) continue;
    exchange.selected_group = share.group;
    exchange.peer_key_exchange = to_bytes(share.key_exchange);
    return true;
  }
  if (exchange.retry) return Error{Reason::bad_key_share, AlertDescription::illegal_parameter};
  for (const NamedGroup group : groups) {
    const auto& peers = exchange.peer_groups;
    if (supported(group) && std::find(peers.begin(), peers.end(), group) != peers.end()) {
      exchange.selected_group = group;
      return false;
    }
  }
  return Error{Reason::no_suitable_key_share, AlertDescription::handshake_failure};
}

// `share_fits`: only the cookie is to come back.
Result<Step> HelloServer::send_retry(HandshakeContext& context, bool share_fits) {
  // The second ClientHello answers the retry, and cannot have begun before it.
  TRY(context.channel.check_record_boundary());
  // As in OpenSSL the application is asked for both ClientHellos.
  TRY(settle_alpn(context));
  Exchange& exchange = context.exchange;
  if (exchange.stateless_retry) TRY(make_retry_cookie(context, share_fits));
  if (share_fits) exchange.selected_group = NamedGroup::none;
  exchange.retry = true;
  context.negotiated.hello_retry = true;
  context.transcript.add(exchange.client_hello);
  TRY(context.transcript.replace_with_message_hash(context.algorithms));
  const Bytes message = TRY(write_retry(context, legacy_session_id_));
  context.writes(HandshakeStage::server_write_server_hello);
  TRY(context.send(message));
  if (context.config->has(option::kEnableMiddleboxCompat)) {
    context.writes(HandshakeStage::server_write_change);
    TRY(context.channel.send_change_cipher_spec());
  }
  if (exchange.offered.early_data) context.channel.skip_early_data();
  state_ = State::early_data;
  return Step::again();
}

// There will be no early data, and OpenSSL's server says so to its application here.
Result<Step> HelloServer::pause_for_early_data(HandshakeContext& context) {
  context.writes(HandshakeStage::early_data);
  state_ = State::start;
  return context.early != nullptr ? Step::stop(Wait::early_data) : Step::again();
}

}  // namespace ciao::tls
