#include "engine/pair.h"

#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "crypto/random.h"
#include "crypto/rsa_premaster.h"

namespace ciao::tls::testing {
namespace {

EvpPkeyPtr make_key(KeyKind kind, NamedGroup curve) {
  EVP_PKEY* key = nullptr;
  switch (kind) {
    case KeyKind::rsa: key = EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048}); break;
    case KeyKind::rsa_pss: {
      EVP_PKEY_CTX* context = EVP_PKEY_CTX_new_from_name(nullptr, "RSA-PSS", nullptr);
      EVP_PKEY_keygen_init(context);
      EVP_PKEY_CTX_set_rsa_keygen_bits(context, 2048);
      EVP_PKEY_generate(context, &key);
      EVP_PKEY_CTX_free(context);
      break;
    }
    case KeyKind::ecdsa:
      key = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", find_group(curve)->group_name);
      break;
    case KeyKind::ed25519: key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"); break;
    case KeyKind::ed448: key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED448"); break;
    case KeyKind::dsa: break;
  }
  return EvpPkeyPtr(key);
}

Credential make_credential(KeyKind kind, NamedGroup curve) {
  Credential credential;
  credential.key = make_key(kind, curve);
  X509* leaf = X509_new();
  X509_set_version(leaf, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(leaf), 1);
  X509_gmtime_adj(X509_getm_notBefore(leaf), -3600);
  X509_gmtime_adj(X509_getm_notAfter(leaf), 86400);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(leaf), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("engine test"), -1, -1, 0);
  X509_set_issuer_name(leaf, X509_get_subject_name(leaf));
  X509_set_pubkey(leaf, credential.key.get());
  const bool hashes_itself = kind == KeyKind::ed25519 || kind == KeyKind::ed448;
  EXPECT_GT(X509_sign(leaf, credential.key.get(), hashes_itself ? nullptr : EVP_sha256()), 0);
  credential.leaf.reset(leaf);
  return credential;
}

}  // namespace

const Credential& test_credential(KeyKind kind, NamedGroup curve) {
  static std::map<std::pair<KeyKind, NamedGroup>, Credential> made;
  auto found = made.find({kind, curve});
  if (found == made.end())
    found = made.emplace(std::pair(kind, curve), make_credential(kind, curve)).first;
  return found->second;
}

// --- TestHooks ---

Answer TestHooks::ask() {
  if (rounds_ < pending_rounds) {
    ++rounds_;
    return Answer::pending;
  }
  rounds_ = 0;
  return Answer::ready;
}

Result<Answer> TestHooks::client_hello(const ClientHello&) {
  const Answer answer = ask();
  if (answer == Answer::ready) ++client_hellos;
  if (on_client_hello) on_client_hello();
  return answer;
}

Result<NameAnswer> TestHooks::server_name(std::string_view name) {
  asked_name = name;
  if (on_name) on_name();
  return name.empty() ? NameAnswer::ignored : NameAnswer::accepted;
}

Result<Bytes> TestHooks::select_alpn(ByteView offered) {
  if (on_alpn) on_alpn();
  Reader list(offered);
  while (!list.empty()) {
    const ByteView name = TRY(list.vector8());
    if (as_text(name) == alpn_choice) return to_bytes(name);
  }
  return Error{Reason::no_application_protocol, AlertDescription::no_application_protocol};
}

Result<Bytes> TestHooks::select_next_protocol(ByteView protocols) {
  seen_advertised = to_bytes(protocols);
  if (refuses_protocols) return Application::select_next_protocol(protocols);
  return to_bytes(as_bytes(next_protocol));
}

Result<Answer> TestHooks::check_ocsp_response(ByteView response) {
  const Answer answer = ask();
  if (answer == Answer::ready) seen_ocsp = to_bytes(response);
  return answer;
}

Result<DhGroup> TestHooks::dh_group(const DhQuestion&) {
  static const Algorithms algorithms(nullptr, nullptr);
  return DhGroup::named(algorithms, dh);
}

Result<void> TestHooks::check_dh_group(const DhGroup& group) {
  if (group.security_bits() >= min_dh_bits) return {};
  return Error{Reason::dh_key_too_small, AlertDescription::handshake_failure};
}

Result<PreSharedKey> TestHooks::client_psk(const char* hint) {
  if (hint != nullptr) seen_hint = hint;
  if (psks.empty()) return PreSharedKey();
  return PreSharedKey{psks.begin()->first, SecretBytes(ByteView(psks.begin()->second))};
}

Result<SecretBytes> TestHooks::server_psk(const std::string& identity) {
  const auto found = psks.find(identity);
  return found == psks.end() ? SecretBytes() : SecretBytes(ByteView(found->second));
}

Result<ExternalPsk> TestHooks::offer_psk(std::optional<HashId> hash) {
  demanded_hashes.push_back(hash);
  if (psk_refusal) return *psk_refusal;
  if (external_psks.empty()) return ExternalPsk();
  const auto& [identity, session] = *external_psks.begin();
  return ExternalPsk{to_bytes(as_bytes(identity)), session};
}

Result<Ref<Session>> TestHooks::find_psk(ByteView identity) {
  ++psk_lookups;
  if (psk_refusal) return *psk_refusal;
  const auto found = external_psks.find(std::string(as_text(identity)));
  return found == external_psks.end() ? Ref<Session>() : found->second;
}

Result<std::optional<ExternalSecret>> TestHooks::external_secret(std::span<const std::uint16_t>) {
  std::optional<ExternalSecret> external;
  if (!external_master.empty()) {
    external.emplace(SecretBytes(ByteView(external_master)), find_suite12(external_suite));
  }
  return external;
}

Result<std::optional<Bytes>> TestHooks::write_extension(const CustomExtension&, In message,
                                                        CertificatePlace) {
  if ((silent_in & code(message)) != 0) return std::optional<Bytes>();
  return std::optional<Bytes>(extension_content);
}

Result<void> TestHooks::read_extension(const CustomExtension&, In message, ByteView content,
                                       CertificatePlace) {
  if (refusal) return *refusal;
  seen_extensions.emplace_back(message, to_bytes(content));
  return {};
}

const Credential* TestHooks::credential(KeyKind kind) {
  ++credential_questions;
  const auto found = credentials.find(kind);
  return found == credentials.end() ? nullptr : found->second;
}

Result<std::vector<Bytes>> TestHooks::certificate_list(const Credential& credential) {
  std::uint8_t* der = nullptr;
  const int size = i2d_X509(credential.leaf.get(), &der);
  Bytes bytes(der, der + size);
  OPENSSL_free(der);
  return std::vector<Bytes>{bytes};
}

Result<Answer> TestHooks::sign(const Credential& credential, SignatureScheme scheme,
                               ByteView content, Bytes& signature) {
  if (ask() == Answer::pending) return Answer::pending;
  static const Algorithms algorithms(nullptr, nullptr);
  Bytes edited = to_bytes(content);
  if (edit_signed) edit_signed(edited);
  TRY(sign_with_key(algorithms, credential.key.get(), scheme, edited, signature));
  return Answer::ready;
}

Result<SecretBytes> TestHooks::decrypt_premaster(const Credential& credential,
                                                 ProtocolVersion client_version,
                                                 ByteView encrypted) {
  static const Algorithms algorithms(nullptr, nullptr);
  return decrypt_rsa_premaster(algorithms, credential.key.get(), client_version, encrypted);
}

Result<Answer> TestHooks::verify(const PeerCertificates& peer) {
  EXPECT_FALSE(peer.empty());
  if (ask() == Answer::pending) return Answer::pending;
  if (verify_fails) return Error{Reason::certificate_verify_failed, AlertDescription::unknown_ca};
  return Answer::ready;
}

void TestHooks::message(Flow flow, ContentType type, ByteView bytes) {
  if (type == ContentType::handshake)
    messages.emplace_back(flow, static_cast<HandshakeType>(bytes[0]));
}

void TestHooks::alert(Flow flow, AlertLevel level, AlertDescription description) {
  alerts.emplace_back(flow, Alert{level, description});
}

void TestHooks::key_log(std::string_view label, ByteView, ByteView secret) {
  keys[std::string(label)] = to_bytes(secret);
}

Result<Bytes> TestHooks::issue_ticket(Session& session) {
  if (!issue_tickets) return Bytes();
  static const Algorithms algorithms(nullptr, nullptr);
  Bytes ticket(32);
  TRY(random_bytes(algorithms, ticket));
  Ref<Session> stored = make_session();
  stored->copy_from(session);
  (*tickets)[ticket] = stored;
  return ticket;
}

Result<Bytes> TestHooks::seal_cookie(ByteView state) {
  static const Algorithms algorithms(nullptr, nullptr);
  sealed_cookie = TRY(seal_ticket(algorithms, cookie_key, state));
  return sealed_cookie;
}

Result<std::optional<Bytes>> TestHooks::open_cookie(ByteView sealed) {
  static const Algorithms algorithms(nullptr, nullptr);
  TicketKeys ring;
  ring.keys.push_back(cookie_key);
  std::optional<OpenedTicket> opened = TRY(open_ticket(algorithms, ring, sealed));
  if (!opened) return std::optional<Bytes>();
  if (edit_opened_cookie) edit_opened_cookie(opened->state);
  return std::optional<Bytes>(std::move(opened->state));
}

Result<TicketLookup> TestHooks::find_ticket(ByteView identity) {
  const auto found = tickets->find(to_bytes(identity));
  return TicketLookup{found == tickets->end() ? nullptr : found->second, issue_new};
}

Result<void> TestHooks::assign_id(Session& session) {
  if (!issue_ids) return {};
  static const Algorithms algorithms(nullptr, nullptr);
  std::uint8_t id[kMaxSessionIdSize];
  TRY(random_bytes(algorithms, id));
  session.id.assign(id);
  return {};
}

Ref<Session> TestHooks::find_id(ByteView id) {
  for (const Ref<Session>& session : added) {
    if (equal(session->id.view(), id)) return session;
  }
  return nullptr;
}

void TestHooks::remove(const Ref<Session>& session) {
  session->not_resumable = true;
  removed.push_back(session);
}

void TestHooks::completed(Session& session) {
  ++completed_sessions;
  session.not_resumable = not_resumable;
}

// --- Pair ---

Pair::Pair()
    : algorithms(make_ref<Algorithms>(nullptr, nullptr)),
      client_config(make_ref<Config>()),
      server_config(make_ref<Config>()) {
  client_config->suites13 = {std::begin(kDefaultSuites13), std::end(kDefaultSuites13)};
  server_config->suites13 = client_config->suites13;
  client_config->suites12 = {std::begin(kDefaultSuites12), std::end(kDefaultSuites12)};
  server_config->suites12 = client_config->suites12;
  server_hooks.credentials[KeyKind::ecdsa] = &test_credential(KeyKind::ecdsa);
  restart();
}

void Pair::restart() {
  client = std::make_unique<Connection>(algorithms, client_config, client_hooks.hooks());
  server = std::make_unique<Connection>(algorithms, server_config, server_hooks.hooks());
  client->start_over(Role::client);
  server->start_over(Role::server);
  client_error.reset();
  server_error.reset();
  in_flight_.clear();
}

bool Pair::drive(Connection& side, std::optional<Error>& error) {
  if (error || side.phase() == Phase::dead) return false;
  if (side.renegotiation_due()) {
    const Result<void> started = side.start_renegotiation();
    if (!started) error = started.error();
    return bool(started);
  }
  if (side.in_init() && side.readable().empty()) {
    const Result<Wait> wait = side.advance();
    if (!wait) error = wait.error();
    return wait && *wait != Wait::input && *wait != Wait::none && *wait != Wait::closed;
  }
  while (side.readable().empty()) {
    const Result<Received> received = side.receive();
    if (!received) {
      error = received.error();
      return false;
    }
    // A pause for early data is over, or something is owed.
    if (side.renegotiation_due() || side.in_init()) return true;
    if (*received == Received::input_wanted || *received == Received::close_notify) return false;
  }
  return false;
}

bool Pair::deliver(Connection& from, Connection& to) {
  Bytes& queue = in_flight_[&from];
  bool taken = false;
  if (!from.output().empty()) {
    Bytes sent = to_bytes(from.output().first(std::min(from.output().size(), wire.accepts)));
    from.output_sent(sent.size());
    taken = !from.output().empty();
    if (tamper) tamper(from, sent);
    queue.insert(queue.end(), sent.begin(), sent.end());
  }
  // Like a face: what is to be sent goes first, and bytes are taken only while the engine asks for
  // them and has nothing to hand out.
  if (queue.empty() || to.phase() == Phase::dead || !to.readable().empty()) return taken;
  if (wire.accepts != SIZE_MAX && !to.output().empty()) return taken;
  const MutableBytes space = to.input_space();
  const std::size_t size = std::min({space.size(), queue.size(), wire.chunk});
  if (size == 0) return taken;
  copy_bytes(space.data(), ByteView(queue).first(size));
  to.input_received(size);
  queue.erase(queue.begin(), queue.begin() + static_cast<std::ptrdiff_t>(size));
  return true;
}

bool Pair::step() {
  bool moved = drive(*client, client_error);
  moved = deliver(*client, *server) || moved;
  moved = drive(*server, server_error) || moved;
  moved = deliver(*server, *client) || moved;
  return moved;
}

bool Pair::handshake() {
  // The first drive() queues the ClientHello without anything having moved yet.
  step();
  while (step()) {
  }
  return client->phase() == Phase::established && server->phase() == Phase::established;
}

Bytes Pair::read_all(Connection& side) {
  Bytes all;
  for (;;) {
    while (step()) {
    }
    if (side.readable().empty()) return all;
    all.insert(all.end(), side.readable().begin(), side.readable().end());
    side.consume_readable(side.readable().size());
  }
}

void Pair::write_all(Connection& from, ByteView data) {
  while (!data.empty()) {
    const Result<std::size_t> written = from.write(data);
    ASSERT_TRUE(written);
    data = data.subspan(*written);
    // The record goes into the queue; whether it arrives is the other side's affair.
    do {
      deliver(from, &from == client.get() ? *server : *client);
    } while (!from.output().empty());
  }
}

void Pair::expect_data_flows() {
  for (Connection* from : {client.get(), server.get()}) {
    Connection& to = from == client.get() ? *server : *client;
    write_all(*from, as_bytes("some data"));
    EXPECT_EQ(as_text(read_all(to)), "some data");
  }
}

void Pair::close(Connection& side) {
  side.close_state().want_close_notify();
  ASSERT_TRUE(side.seal_close_notify());
  do {
    deliver(side, &side == client.get() ? *server : *client);
  } while (!side.output().empty());
}

}  // namespace ciao::tls::testing
