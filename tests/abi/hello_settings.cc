// What a handshake says beside its keys, and who is told: names, staples, callbacks for messages
// and extensions, versions, sessions.
#include <openssl/ocsp.h>
#include <openssl/ssl.h>

#include <cstring>
#include <utility>

#include "trial.h"

namespace {

using namespace abi;

constexpr int kVersions[] = {TLS1_2_VERSION, TLS1_3_VERSION};

int first, second;  // arguments of callbacks, told apart by their addresses

std::string name_of_argument(const void* argument) {
  return argument == &first ? "first" : argument == &second ? "second" : "other";
}

// --- server_name ---

int on_name(SSL* ssl, int* alert, void* argument) {
  const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  line("name", name);
  line("argument", name_of_argument(argument));
  if (name != nullptr && std::strcmp(name, "refused.example") == 0) {
    *alert = SSL_AD_UNRECOGNIZED_NAME;
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  return SSL_TLSEXT_ERR_OK;
}

void names() {
  for (const int version : kVersions) {
    const auto told = [](Trial& trial) {
      trial.show("client's name", SSL_get_servername(trial.client(), TLSEXT_NAMETYPE_host_name));
      trial.show("server's name", SSL_get_servername(trial.server(), TLSEXT_NAMETYPE_host_name));
    };
    for (const char* name : {"taken.example", "refused.example"}) {
      try_setting(std::string("set_tlsext_host_name ") + name, {.version = version, .after = told},
                  {.end = End::client,
                   .on_connection = [&](SSL* ssl) { SSL_set_tlsext_host_name(ssl, name); }});
      for (void* argument : {static_cast<void*>(&first), static_cast<void*>(&second)}) {
        const Scene asked{.version = version,
                          .before =
                              [=](Trial& trial) {
                                SSL_CTX* ctx = trial.server_ctx();
                                SSL_CTX_set_tlsext_servername_callback(ctx, on_name);
                                SSL_CTX_set_tlsext_servername_arg(ctx, argument);
                              },
                          .after = told};
        try_setting(std::string("set_tlsext_servername_callback ") + name, asked,
                    {.end = End::client,
                     .on_connection = [&](SSL* ssl) { SSL_set_tlsext_host_name(ssl, name); }});
      }
    }
  }
}

// --- callbacks for messages and extensions ---

std::string told;

void on_message(int sent, int, int type, const void* bytes, std::size_t, SSL*, void* argument) {
  if (type == SSL3_RT_HANDSHAKE && sent == 1) {
    told += " " + std::to_string(*static_cast<const unsigned char*>(bytes)) +
            name_of_argument(argument);
  }
}

void on_extension(SSL*, int client, int type, const unsigned char*, int, void* argument) {
  // OpenSSL's hello of TLS 1.3 alone names session_ticket, too.
  if (type == TLSEXT_TYPE_session_ticket) return;
  told += " " + std::to_string(type) + (client != 0 ? "c" : "s") + name_of_argument(argument);
}

std::string take_told() { return std::exchange(told, std::string()); }

void messages() {
  for (const int version : kVersions) {
    const Scene scene{.version = version,
                      .after = [](Trial& trial) { trial.show("told", take_told()); }};
    try_setting("set_msg_callback", scene,
                {End::server, [](SSL_CTX* ctx) { SSL_CTX_set_msg_callback(ctx, on_message); },
                 [](SSL* ssl) { SSL_set_msg_callback(ssl, on_message); }});
    try_setting("set_msg_callback_arg", scene,
                {End::server,
                 [](SSL_CTX* ctx) {
                   SSL_CTX_set_msg_callback(ctx, on_message);
                   SSL_CTX_set_msg_callback_arg(ctx, &first);
                 },
                 [](SSL* ssl) {
                   SSL_set_msg_callback(ssl, on_message);
                   SSL_set_msg_callback_arg(ssl, &second);
                 }});
    using Void = void (*)();
    const auto callback = reinterpret_cast<Void>(on_message);
    try_setting("SSL_CTRL_SET_MSG_CALLBACK", scene,
                {End::server,
                 [&](SSL_CTX* ctx) {
                   line("set", SSL_CTX_callback_ctrl(ctx, SSL_CTRL_SET_MSG_CALLBACK, callback));
                 },
                 [&](SSL* ssl) {
                   line("set", SSL_callback_ctrl(ssl, SSL_CTRL_SET_MSG_CALLBACK, callback));
                 }});
  }
}

// The server's are few, and come in its own order.
void extensions() {
  for (const int version : kVersions) {
    try_setting("set_tlsext_debug_callback",
                {.version = version,
                 .after =
                     [](Trial& trial) {
                       const std::string text = take_told();
                       trial.show("some", !text.empty());
                       trial.show("versions", text.find(" 43") != text.npos);
                       trial.show("groups", text.find(" 10") != text.npos);
                       trial.show("from client", text.find("c") != text.npos);
                       trial.show("from server", text.find("s") != text.npos);
                       trial.show("first", text.find("first") != text.npos);
                     }},
                {.end = End::server, .on_connection = [](SSL* ssl) {
                   SSL_set_tlsext_debug_callback(ssl, on_extension);
                   SSL_set_tlsext_debug_arg(ssl, &first);
                 }});
    try_setting("client's set_tlsext_debug_callback",
                {.version = version,
                 .after = [](Trial& trial) { trial.show("told", !take_told().empty()); }},
                {.end = End::client, .on_connection = [](SSL* ssl) {
                   SSL_set_tlsext_debug_callback(ssl, on_extension);
                   SSL_set_tlsext_debug_arg(ssl, &second);
                 }});
  }
}

// A ClientHello is known by the order of its extensions. ec_point_formats is left out of
// ServerHello's: ciao has one format.
void order() {
  const auto show_order = [](Trial& trial) {
    trial.show("ClientHello", list(extensions_in_order(trial.sent_by_client().hello)));
    trial.show("ServerHello", list(extensions_in_order(trial.sent_by_server().hello)));
  };
  const Setting ct{End::client,
                   [](SSL_CTX* ctx) { SSL_CTX_enable_ct(ctx, SSL_CT_VALIDATION_PERMISSIVE); },
                   [](SSL* ssl) { SSL_enable_ct(ssl, SSL_CT_VALIDATION_PERMISSIVE); }};
  const Setting many{.end = End::client, .on_connection = [](SSL* ssl) {
                       constexpr unsigned char kProtocols[] = {2, 'h', '2'};
                       SSL_set_tlsext_host_name(ssl, "taken.example");
                       SSL_set_tlsext_max_fragment_length(ssl, TLSEXT_max_fragment_length_4096);
                       SSL_set_tlsext_status_type(ssl, TLSEXT_STATUSTYPE_ocsp);
                       SSL_set_alpn_protos(ssl, kProtocols, sizeof kProtocols);
                       SSL_set_post_handshake_auth(ssl, 1);
                       SSL_set_options(ssl, SSL_OP_TLSEXT_PADDING);
                       STACK_OF(X509_NAME)* names = sk_X509_NAME_new_null();
                       sk_X509_NAME_push(names,
                                         X509_NAME_dup(X509_get_subject_name(certificate())));
                       SSL_set0_CA_list(ssl, names);
                     }};
  // What older versions alone use ciao leaves out where they are not offered.
  const auto offer_both = [](Trial& trial) {
    SSL_CTX_set_min_proto_version(trial.client_ctx(), TLS1_2_VERSION);
    SSL_CTX_set_max_proto_version(trial.client_ctx(), TLS1_3_VERSION);
  };
  for (const int version : kVersions) {
    try_setting("order, both versions, enable_ct", {version, false, offer_both, show_order}, ct);
    try_setting("order, both versions, of many", {version, false, offer_both, show_order}, many);
  }
  try_setting("order, enable_ct", {TLS1_2_VERSION, false, {}, show_order}, ct);
  try_setting("order of many", {TLS1_2_VERSION, false, {}, show_order}, many);
}

// A TLS 1.3 server that would rather have had another group tells its own in EncryptedExtensions.
void preferred_groups() {
  for (const char* groups : {"X25519:P-256", "P-384:X25519", "P-256", "brainpoolP256r1:X25519"}) {
    for (const char* clients : {"X25519:P-256", "P-256:X25519"}) {
      Trial trial(std::string("groups ") + groups + " for " + clients, TLS1_3_VERSION);
      SSL_CTX_set1_groups_list(trial.server_ctx(), groups);
      SSL_CTX_set1_groups_list(trial.client_ctx(), clients);
      SSL_set_tlsext_debug_callback(trial.client(), on_extension);
      trial.shake();
      trial.show("client is told", take_told());
    }
  }
}

// The name of a session counts where none is asked for: in TLS 1.2, which binds it to the session.
void names_of_sessions() {
  for (const int version : kVersions) {
    for (const char* name : {"taken.example", "other.example", ""}) {
      Trial trial(std::string("session's name, asking for ") + name, version);
      SSL_CTX_set_tlsext_servername_callback(trial.server_ctx(), on_name);
      SSL_set_tlsext_host_name(trial.client(), "taken.example");
      trial.shake();
      const Session session(SSL_get1_session(trial.client()));
      const Connection next(SSL_new(trial.client_ctx()));
      SSL_set_session(next.get(), session.get());
      if (*name != 0) SSL_set_tlsext_host_name(next.get(), name);
      trial.show("before", SSL_get_servername(next.get(), TLSEXT_NAMETYPE_host_name));
      trial.show("its type", SSL_get_servername_type(next.get()));
      SSL_set_connect_state(next.get());
      BIO* out = BIO_new(BIO_s_mem());
      SSL_set_bio(next.get(), BIO_new(BIO_s_mem()), out);
      SSL_do_handshake(next.get());
      ERR_clear_error();
      trial.show("during", SSL_get_servername(next.get(), TLSEXT_NAMETYPE_host_name));
    }
  }
}

// A context that the name's callback sets gives no tickets: the session gets an id instead.
int to_second(SSL* ssl, int*, void* argument) {
  SSL_set_SSL_CTX(ssl, static_cast<SSL_CTX*>(argument));
  SSL_set_options(ssl, SSL_CTX_get_options(static_cast<SSL_CTX*>(argument)));
  return SSL_TLSEXT_ERR_OK;
}

void tickets_turned_off() {
  for (const int version : kVersions) {
    for (const std::uint64_t options : {std::uint64_t{0}, SSL_OP_NO_TICKET}) {
      Trial trial(options != 0 ? "second without tickets" : "second with tickets", version);
      const Context other = make_server(version);
      SSL_CTX_set_options(other.get(), options);
      SSL_CTX_set_tlsext_servername_callback(trial.server_ctx(), to_second);
      SSL_CTX_set_tlsext_servername_arg(trial.server_ctx(), other.get());
      trial.shake();
      const SSL_SESSION* session = SSL_get_session(trial.client());
      unsigned size = 0;
      SSL_SESSION_get_id(session, &size);
      trial.show("ticket", SSL_SESSION_has_ticket(session));
      trial.show("id in ServerHello", session_id_size(trial.sent_by_server().hello));
      trial.show("id", size);
    }
  }
}

// --- staples (RFC 6066 §8) ---

constexpr char kStaple[] = "a staple";

int give_staple(SSL* ssl, void* argument) {
  line("argument", name_of_argument(argument));
  STACK_OF(OCSP_RESPID)* ids = nullptr;
  SSL_get_tlsext_status_ids(ssl, &ids);
  line("ids", std::max(sk_OCSP_RESPID_num(ids), 0));
  X509_EXTENSIONS* extensions = nullptr;
  SSL_get_tlsext_status_exts(ssl, &extensions);
  line("extensions", std::max(sk_X509_EXTENSION_num(extensions), 0));
  line("type", SSL_get_tlsext_status_type(ssl));
  void* copy = OPENSSL_memdup(kStaple, sizeof kStaple);
  line("set", SSL_set_tlsext_status_ocsp_resp(ssl, copy, sizeof kStaple));
  return SSL_TLSEXT_ERR_OK;
}

int check_staple(SSL* ssl, void* argument) {
  line("client's argument", name_of_argument(argument));
  const unsigned char* staple = nullptr;
  line("staple", SSL_get_tlsext_status_ocsp_resp(ssl, &staple));
  return 1;
}

void with_staple(Trial& trial) {
  SSL_CTX_set_tlsext_status_cb(trial.server_ctx(), give_staple);
  SSL_CTX_set_tlsext_status_arg(trial.server_ctx(), &first);
  SSL_CTX_set_tlsext_status_cb(trial.client_ctx(), check_staple);
  SSL_CTX_set_tlsext_status_arg(trial.client_ctx(), &second);
  int (*callback)(SSL*, void*) = nullptr;
  void* argument = nullptr;
  trial.show("get_tlsext_status_cb", SSL_CTX_get_tlsext_status_cb(trial.client_ctx(), &callback));
  trial.show("is", callback == check_staple);
  trial.show("get_tlsext_status_arg", SSL_CTX_get_tlsext_status_arg(trial.client_ctx(), &argument));
  trial.show("is", name_of_argument(argument));
}

X509_EXTENSIONS* nonce() {
  X509_EXTENSIONS* made = sk_X509_EXTENSION_new_null();
  ASN1_OCTET_STRING* value = ASN1_OCTET_STRING_new();
  ASN1_OCTET_STRING_set(value, reinterpret_cast<const unsigned char*>("\4\1n"), 3);
  sk_X509_EXTENSION_push(made,
                         X509_EXTENSION_create_by_NID(nullptr, NID_id_pkix_OCSP_Nonce, 0, value));
  ASN1_OCTET_STRING_free(value);
  return made;
}

STACK_OF(OCSP_RESPID) * one_id() {
  STACK_OF(OCSP_RESPID)* made = sk_OCSP_RESPID_new_null();
  OCSP_RESPID* id = OCSP_RESPID_new();
  OCSP_RESPID_set_by_name(id, certificate());
  sk_OCSP_RESPID_push(made, id);
  return made;
}

void staples() {
  for (const int version : kVersions) {
    const Scene scene{.version = version, .before = with_staple, .after = [](Trial& trial) {
                        const unsigned char* staple = nullptr;
                        trial.show("got", SSL_get_tlsext_status_ocsp_resp(trial.client(), &staple));
                        trial.show("type", SSL_get_tlsext_status_type(trial.client()));
                        trial.show("context's type",
                                   SSL_CTX_get_tlsext_status_type(trial.client_ctx()));
                      }};
    try_setting("set_tlsext_status_type", scene,
                {End::client,
                 [](SSL_CTX* ctx) { SSL_CTX_set_tlsext_status_type(ctx, TLSEXT_STATUSTYPE_ocsp); },
                 [](SSL* ssl) { SSL_set_tlsext_status_type(ssl, TLSEXT_STATUSTYPE_ocsp); }});
    try_setting("set_tlsext_status_ids", scene,
                {.end = End::client, .on_connection = [](SSL* ssl) {
                   SSL_set_tlsext_status_type(ssl, TLSEXT_STATUSTYPE_ocsp);
                   line("set", SSL_set_tlsext_status_ids(ssl, one_id()));
                   STACK_OF(OCSP_RESPID)* ids = nullptr;
                   line("get", SSL_get_tlsext_status_ids(ssl, &ids));
                   line("count", sk_OCSP_RESPID_num(ids));
                 }});
    try_setting("set_tlsext_status_exts", scene,
                {.end = End::client, .on_connection = [](SSL* ssl) {
                   SSL_set_tlsext_status_type(ssl, TLSEXT_STATUSTYPE_ocsp);
                   line("set", SSL_set_tlsext_status_exts(ssl, nonce()));
                   X509_EXTENSIONS* extensions = nullptr;
                   line("get", SSL_get_tlsext_status_exts(ssl, &extensions));
                   line("count", sk_X509_EXTENSION_num(extensions));
                 }});
  }
}

// --- versions ---

void versions() {
  const Scene scene{.before = [](Trial& trial) {
    for (SSL_CTX* ctx : {trial.client_ctx(), trial.server_ctx()}) {
      SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
      SSL_CTX_set_max_proto_version(ctx, 0);
    }
  }};
  const Scene of_old_server{.before = [](Trial& trial) {
    SSL_CTX_set_min_proto_version(trial.client_ctx(), TLS1_2_VERSION);
    SSL_CTX_set_min_proto_version(trial.server_ctx(), TLS1_2_VERSION);
    SSL_CTX_set_max_proto_version(trial.server_ctx(), TLS1_2_VERSION);
  }};
  for (const End end : {End::client, End::server}) {
    const std::string side = end == End::client ? "client's " : "server's ";
    const Setting max{end, [](SSL_CTX* ctx) { SSL_CTX_set_max_proto_version(ctx, TLS1_2_VERSION); },
                      [](SSL* ssl) { SSL_set_max_proto_version(ssl, TLS1_2_VERSION); }};
    try_setting(side + "set_max_proto_version", scene, max);
  }
  try_setting(
      "client's set_min_proto_version", of_old_server,
      {End::client, [](SSL_CTX* ctx) { SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION); },
       [](SSL* ssl) { SSL_set_min_proto_version(ssl, TLS1_3_VERSION); }});
  const Context ctx = make_client(TLS1_2_VERSION);
  const Connection ssl(SSL_new(ctx.get()));
  SSL_set_max_proto_version(ssl.get(), TLS1_3_VERSION);
  line("bounds of context", list(std::vector<long>{SSL_CTX_get_min_proto_version(ctx.get()),
                                                   SSL_CTX_get_max_proto_version(ctx.get())}));
  line("bounds of connection", list(std::vector<long>{SSL_get_min_proto_version(ssl.get()),
                                                      SSL_get_max_proto_version(ssl.get())}));
}

// --- sessions ---

int never_resumable(SSL*, int is_forward_secure) {
  line("forward secure", is_forward_secure);
  return 1;
}

void sessions() {
  for (const int version : kVersions) {
    const Scene scene{.version = version, .after = [](Trial& trial) {
                        const SSL_SESSION* session = SSL_get_session(trial.client());
                        trial.show("resumable", SSL_SESSION_is_resumable(session));
                        trial.show("ticket", SSL_SESSION_has_ticket(session));
                      }};
    try_setting(
        "set_not_resumable_session_callback", scene,
        {End::server,
         [](SSL_CTX* ctx) { SSL_CTX_set_not_resumable_session_callback(ctx, never_resumable); },
         [](SSL* ssl) { SSL_set_not_resumable_session_callback(ssl, never_resumable); }});
    using Void = void (*)();
    const auto callback = reinterpret_cast<Void>(never_resumable);
    try_setting(
        "SSL_CTRL_SET_NOT_RESUMABLE_SESS_CB", scene,
        {End::server,
         [&](SSL_CTX* ctx) {
           SSL_CTX_callback_ctrl(ctx, SSL_CTRL_SET_NOT_RESUMABLE_SESS_CB, callback);
         },
         [&](SSL* ssl) { SSL_callback_ctrl(ssl, SSL_CTRL_SET_NOT_RESUMABLE_SESS_CB, callback); }});
  }
}

// --- facts of a connection ---

void facts() {
  for (const int version : kVersions) {
    Trial trial("facts", version);
    for (SSL* ssl : {trial.client(), trial.server()}) {
      trial.show("flags before", SSL_ctrl(ssl, SSL_CTRL_GET_FLAGS, 0, nullptr));
      trial.show("extms before", SSL_get_extms_support(ssl));
    }
    trial.shake();
    for (SSL* ssl : {trial.client(), trial.server()}) {
      trial.show("flags", SSL_ctrl(ssl, SSL_CTRL_GET_FLAGS, 0, nullptr));
      trial.show("request", SSL_ctrl(ssl, SSL_CTRL_GET_CLIENT_CERT_REQUEST, 0, nullptr));
      trial.show("extms", SSL_get_extms_support(ssl));
      if (version == TLS1_2_VERSION) {
        trial.show("renegotiation", SSL_get_secure_renegotiation_support(ssl));
      }
    }
  }
}

}  // namespace

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  names();
  messages();
  extensions();
  order();
  preferred_groups();
  names_of_sessions();
  tickets_turned_off();
  staples();
  versions();
  sessions();
  facts();
  return 0;
}
