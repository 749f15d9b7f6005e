// Callbacks are set, and what they are going to answer is chosen.
#include "callbacks.h"
#include "operation.h"

namespace ciao::differential {
namespace {

template <class T>
Named<T> callback(Arguments& draw, T function, const char* name) {
  return draw.chance(92) ? named(function, name) : named<T>(nullptr, "NULL");
}

void choose(World& world, const char* what, int& answer, int value) {
  answer = value;
  world.note(std::string(what) + " answers " + std::to_string(value));
}

#define ON(name) callback(draw, on_##name, "on_" #name)

void identity_callbacks(World& world, Arguments& draw) {
  SSL_CTX* ctx = world.any_context(draw);
  SSL* ssl = world.connection(draw);
  static constexpr int kAnswers[] = {1, 1, 1, 0, -1};
  const int answer = draw.pick(kAnswers);
  switch (draw.below(ssl == nullptr ? 4 : 5)) {
    case 0:
      choose(world, "certificate", world.answers.certificate, answer);
      CALL(world, SSL_CTX_set_cert_cb, ctx, ON(certificate), nullptr);
      break;
    case 1:
      choose(world, "certificate", world.answers.certificate, answer);
      CALL(world, SSL_CTX_set_client_cert_cb, ctx, ON(client_certificate));
      break;
    case 2:
      choose(world, "verify", world.answers.verify, answer > 0);
      CALL(world, SSL_CTX_set_cert_verify_callback, ctx, ON(certificate_verify), nullptr);
      break;
    case 3:
      choose(world, "client_hello", world.answers.client_hello, answer);
      CALL(world, SSL_CTX_set_client_hello_cb, ctx, ON(client_hello), nullptr);
      break;
    default:
      choose(world, "certificate", world.answers.certificate, answer);
      CALL(world, SSL_set_cert_cb, ssl, ON(certificate), nullptr);
      break;
  }
}

void name_callbacks(World& world, Arguments& draw) {
  SSL_CTX* ctx = world.any_context(draw);
  static constexpr int kAnswers[] = {SSL_TLSEXT_ERR_OK, SSL_TLSEXT_ERR_OK, SSL_TLSEXT_ERR_NOACK,
                                     SSL_TLSEXT_ERR_ALERT_WARNING, SSL_TLSEXT_ERR_ALERT_FATAL};
  const int answer = draw.pick(kAnswers);
  if (draw.chance(60)) {
    world.answers.switch_context = draw.chance(30);
    choose(world, "server_name", world.answers.server_name, answer);
    CALL2(world, SSL_CTX_set_tlsext_servername_callback, ctx, ON(server_name));
  } else {
    choose(world, "alpn", world.answers.alpn, answer);
    CALL(world, SSL_CTX_set_alpn_select_cb, ctx, ON(alpn), nullptr);
  }
}

void session_callbacks(World& world, Arguments& draw) {
  SSL_CTX* ctx = world.any_context(draw);
  SSL* ssl = world.connection(draw);
  static constexpr int kKeyAnswers[] = {1, 1, 2, 0, -1};
  static constexpr int kTicketAnswers[] = {SSL_TICKET_RETURN_USE, SSL_TICKET_RETURN_USE_RENEW,
                                           SSL_TICKET_RETURN_IGNORE, SSL_TICKET_RETURN_IGNORE_RENEW,
                                           SSL_TICKET_RETURN_ABORT};
  switch (draw.below(ssl == nullptr ? 8 : 10)) {
    case 0:
      choose(world, "new_session", world.answers.keep_session, draw.chance(60) ? 1 : 0);
      CALL(world, SSL_CTX_sess_set_new_cb, ctx, ON(new_session));
      break;
    case 1: CALL(world, SSL_CTX_sess_set_get_cb, ctx, ON(get_session)); break;
    case 2: CALL(world, SSL_CTX_sess_set_remove_cb, ctx, ON(remove_session)); break;
    case 3:
      choose(world, "ticket_key", world.answers.ticket_key, draw.pick(kKeyAnswers));
      CALL(world, SSL_CTX_set_tlsext_ticket_key_evp_cb, ctx, ON(ticket_key));
      break;
    case 4:
      choose(world, "open_ticket", world.answers.decrypt_ticket, draw.pick(kTicketAnswers));
      CALL(world, SSL_CTX_set_session_ticket_cb, ctx, ON(make_ticket), ON(open_ticket), nullptr);
      break;
    case 5: CALL(world, SSL_CTX_set_generate_session_id, ctx, ON(generate_id)); break;
    case 6: CALL(world, SSL_CTX_set_not_resumable_session_callback, ctx, ON(not_resumable)); break;
    case 7:
      choose(world, "early_data", world.answers.early_data, draw.chance(70));
      CALL(world, SSL_CTX_set_allow_early_data_cb, ctx, ON(early_data), nullptr);
      break;
    case 8: CALL(world, SSL_set_generate_session_id, ssl, ON(generate_id)); break;
    default: CALL(world, SSL_set_not_resumable_session_callback, ssl, ON(not_resumable)); break;
  }
}

void status_callbacks(World& world, Arguments& draw) {
  SSL_CTX* ctx = world.any_context(draw);
  static constexpr int kClientAnswers[] = {1, 0, -1};
  static constexpr int kServerAnswers[] = {SSL_TLSEXT_ERR_OK, SSL_TLSEXT_ERR_OK,
                                           SSL_TLSEXT_ERR_NOACK, SSL_TLSEXT_ERR_ALERT_FATAL};
  const bool client = ctx == world.context[kClient];
  choose(world, "status", world.answers.status,
         client ? draw.pick(kClientAnswers) : draw.pick(kServerAnswers));
  CALL2(world, SSL_CTX_set_tlsext_status_cb, ctx, ON(status));
  if (client) CALL2(world, SSL_CTX_set_tlsext_status_type, ctx, long{TLSEXT_STATUSTYPE_ocsp});
}

void record_callbacks(World& world, Arguments& draw) {
  SSL_CTX* ctx = world.any_context(draw);
  SSL* ssl = world.connection(draw);
  switch (draw.below(ssl == nullptr ? 2 : 3)) {
    case 0: CALL(world, SSL_CTX_set_record_padding_callback, ctx, ON(padding)); break;
    case 1: CALL(world, SSL_CTX_set_security_callback, ctx, ON(security)); break;
    default: CALL(world, SSL_set_record_padding_callback, ssl, ON(padding)); break;
  }
}

void trace_callbacks(World& world, Arguments& draw) {
  SSL_CTX* ctx = world.any_context(draw);
  SSL* ssl = world.connection(draw);
  switch (draw.below(ssl == nullptr ? 3 : 5)) {
    case 0: CALL(world, SSL_CTX_set_info_callback, ctx, ON(info)); break;
    case 1: CALL(world, SSL_CTX_set_msg_callback, ctx, ON(message)); break;
    case 2: CALL(world, SSL_CTX_set_keylog_callback, ctx, ON(key_log)); break;
    case 3: CALL(world, SSL_set_info_callback, ssl, ON(info)); break;
    default: CALL(world, SSL_set_msg_callback, ssl, ON(message)); break;
  }
}

void custom_extension(World& world, Arguments& draw) {
  SSL_CTX* ctx = world.any_context(draw);
  static constexpr unsigned kTypes[] = {1000, 1000, 1001, 0, 16, 18, 35, 43, 65281, 65536};
  static constexpr unsigned kContexts[] = {
      SSL_EXT_CLIENT_HELLO | SSL_EXT_TLS1_2_SERVER_HELLO | SSL_EXT_TLS1_3_ENCRYPTED_EXTENSIONS,
      SSL_EXT_CLIENT_HELLO,
      SSL_EXT_CLIENT_HELLO | SSL_EXT_TLS1_3_CERTIFICATE | SSL_EXT_TLS1_3_CERTIFICATE_REQUEST,
      SSL_EXT_CLIENT_HELLO | SSL_EXT_TLS1_3_NEW_SESSION_TICKET,
      SSL_EXT_CLIENT_HELLO | SSL_EXT_TLS1_3_HELLO_RETRY_REQUEST | SSL_EXT_TLS1_3_SERVER_HELLO,
      SSL_EXT_CLIENT_HELLO | SSL_EXT_TLS1_2_AND_BELOW_ONLY | SSL_EXT_TLS1_2_SERVER_HELLO,
      0};
  static constexpr int kAnswers[] = {1, 1, 1, 0, -1};
  const unsigned type = draw.pick(kTypes);
  choose(world, "add_extension", world.answers.custom, draw.pick(kAnswers));
  CALL(world, SSL_CTX_add_custom_ext, ctx, type, draw.pick(kContexts), ON(add_extension),
       ON(free_extension), nullptr, ON(parse_extension), nullptr);
  CALL(world, SSL_CTX_has_client_custom_ext, ctx, type);
}

void psk(World& world, Arguments& draw) {
  SSL* ssl = world.connection(draw);
  world.answers.psk = draw.chance(80);
  if (ssl == nullptr || draw.chance(70)) {
    CALL(world, SSL_CTX_set_psk_client_callback, world.context[kClient], ON(psk_client));
    CALL(world, SSL_CTX_set_psk_server_callback, world.context[kServer], ON(psk_server));
    CALL(world, SSL_CTX_use_psk_identity_hint, world.context[kServer], "hint");
  } else {
    CALL(world, SSL_set_psk_client_callback, ssl, ON(psk_client));
    CALL(world, SSL_set_psk_server_callback, ssl, ON(psk_server));
    CALL(world, SSL_use_psk_identity_hint, ssl, draw.chance(50) ? "hint" : nullptr);
  }
}

constexpr Operation kOperations[] = {
    {"identity_callbacks", When::kSetting, 7, identity_callbacks},
    {"name_callbacks", When::kSetting, 8, name_callbacks},
    {"session_callbacks", When::kSetting, 12, session_callbacks},
    {"status_callbacks", When::kSetting, 4, status_callbacks},
    {"record_callbacks", When::kSetting, 3, record_callbacks},
    {"trace_callbacks", When::kSetting, 5, trace_callbacks},
    {"custom_extension", When::kSetting, 4, custom_extension},
    {"psk", When::kSetting, 3, psk},
};

}  // namespace

std::span<const Operation> callback_operations() { return kOperations; }

}  // namespace ciao::differential
