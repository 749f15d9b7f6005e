#include "libssl/ctrl_table.h"

#include <algorithm>
#include <array>
#include <atomic>

#include "libssl/ctrl_handlers.h"
#include "libssl/raise.h"
#include "libssl/ssl_ctx_st.h"

namespace ciao::tls {
namespace {

struct Command {
  int number;
  SslHandler ssl;
  ContextHandler context;
};

struct CallbackCommand {
  int number;
  SslCallbackHandler ssl;
  ContextCallbackHandler context;
};

// A handler for both owners.
#define CIAO_BOTH(function) function<SSL>, function<SSL_CTX>

template <std::atomic<int> SessionStatistics::* counter>
long statistic(SSL_CTX* ctx, long, void*) {
  return (ctx->statistics.*counter).load(std::memory_order_relaxed);
}

long datagram_not_yet(SSL*, long, void*) {
  raise_not_yet("DTLS");
  return 0;
}

// SRP and its numbers (RFC 5054) are left out; see srp.cc for the functions.
long srp_absent(SSL_CTX*, long, void*) {
  raise_absent("SSL_CTX_ctrl", "SRP");
  return 0;
}

long srp_callback_absent(SSL_CTX*, void (*)(void)) {
  raise_absent("SSL_CTX_callback_ctrl", "SRP");
  return 0;
}

long ticket_key_callback(SSL_CTX* ctx, void (*callback)(void)) {
  ctx->ticket_key = reinterpret_cast<TicketKeyFn>(callback);
  return 1;
}

// OpenSSL has this number in the wrong function only to say so.
template <class Owner>
long wrong_function(Owner*, long, void*) {
  raise(Reason::should_not_have_been_called);
  return 0;
}

constexpr auto kCommands = std::to_array<Command>({
    {SSL_CTRL_SET_TMP_DH, CIAO_BOTH(set_tmp_dh)},
    {SSL_CTRL_SET_TMP_ECDH, CIAO_BOTH(set_tmp_ecdh)},
    {SSL_CTRL_SET_TMP_DH_CB, CIAO_BOTH(wrong_function)},
    {SSL_CTRL_GET_NUM_RENEGOTIATIONS, get_renegotiation_count, nullptr},
    {SSL_CTRL_CLEAR_NUM_RENEGOTIATIONS, clear_renegotiation_count, nullptr},
    {SSL_CTRL_GET_TOTAL_RENEGOTIATIONS, get_renegotiation_total, nullptr},
    {SSL_CTRL_GET_FLAGS, get_flags, nullptr},
    {SSL_CTRL_EXTRA_CHAIN_CERT, nullptr, add_extra_chain_certificate},
    {SSL_CTRL_SET_MSG_CALLBACK_ARG, CIAO_BOTH(set_message_argument)},
    {SSL_CTRL_SET_MTU, datagram_not_yet, nullptr},
    {SSL_CTRL_SESS_NUMBER, nullptr, get_session_count},
    {SSL_CTRL_SESS_CONNECT, nullptr, statistic<&SessionStatistics::connect>},
    {SSL_CTRL_SESS_CONNECT_GOOD, nullptr, statistic<&SessionStatistics::connect_good>},
    {SSL_CTRL_SESS_CONNECT_RENEGOTIATE, nullptr,
     statistic<&SessionStatistics::connect_renegotiate>},
    {SSL_CTRL_SESS_ACCEPT, nullptr, statistic<&SessionStatistics::accept>},
    {SSL_CTRL_SESS_ACCEPT_GOOD, nullptr, statistic<&SessionStatistics::accept_good>},
    {SSL_CTRL_SESS_ACCEPT_RENEGOTIATE, nullptr, statistic<&SessionStatistics::accept_renegotiate>},
    {SSL_CTRL_SESS_HIT, nullptr, statistic<&SessionStatistics::hits>},
    {SSL_CTRL_SESS_CB_HIT, nullptr, statistic<&SessionStatistics::callback_hits>},
    {SSL_CTRL_SESS_MISSES, nullptr, statistic<&SessionStatistics::misses>},
    {SSL_CTRL_SESS_TIMEOUTS, nullptr, statistic<&SessionStatistics::timeouts>},
    {SSL_CTRL_SESS_CACHE_FULL, nullptr, statistic<&SessionStatistics::cache_full>},
    {SSL_CTRL_MODE, CIAO_BOTH(change_mode)},
    {SSL_CTRL_GET_READ_AHEAD, CIAO_BOTH(get_read_ahead)},
    {SSL_CTRL_SET_READ_AHEAD, CIAO_BOTH(set_read_ahead)},
    {SSL_CTRL_SET_SESS_CACHE_SIZE, nullptr, set_session_cache_size},
    {SSL_CTRL_GET_SESS_CACHE_SIZE, nullptr, get_session_cache_size},
    {SSL_CTRL_SET_SESS_CACHE_MODE, nullptr, set_session_cache_mode},
    {SSL_CTRL_GET_SESS_CACHE_MODE, nullptr, get_session_cache_mode},
    {SSL_CTRL_GET_MAX_CERT_LIST, CIAO_BOTH(get_max_certificate_list)},
    {SSL_CTRL_SET_MAX_CERT_LIST, CIAO_BOTH(set_max_certificate_list)},
    {SSL_CTRL_SET_MAX_SEND_FRAGMENT, CIAO_BOTH(set_max_send_fragment)},
    {SSL_CTRL_SET_TLSEXT_SERVERNAME_ARG, nullptr, set_servername_argument},
    {SSL_CTRL_SET_TLSEXT_HOSTNAME, set_host_name, nullptr},
    {SSL_CTRL_SET_TLSEXT_DEBUG_ARG, set_extension_debug_argument, nullptr},
    {SSL_CTRL_GET_TLSEXT_TICKET_KEYS, nullptr, get_ticket_keys},
    {SSL_CTRL_SET_TLSEXT_TICKET_KEYS, nullptr, set_ticket_keys},
    {SSL_CTRL_SET_TLSEXT_STATUS_REQ_CB_ARG, nullptr, set_status_argument},
    {SSL_CTRL_SET_TLSEXT_STATUS_REQ_TYPE, CIAO_BOTH(set_status_type)},
    {SSL_CTRL_GET_TLSEXT_STATUS_REQ_EXTS, get_status_extensions, nullptr},
    {SSL_CTRL_SET_TLSEXT_STATUS_REQ_EXTS, set_status_extensions, nullptr},
    {SSL_CTRL_GET_TLSEXT_STATUS_REQ_IDS, get_status_ids, nullptr},
    {SSL_CTRL_SET_TLSEXT_STATUS_REQ_IDS, set_status_ids, nullptr},
    {SSL_CTRL_GET_TLSEXT_STATUS_REQ_OCSP_RESP, get_status_response, nullptr},
    {SSL_CTRL_SET_TLSEXT_STATUS_REQ_OCSP_RESP, set_status_response, nullptr},
    {DTLS_CTRL_GET_TIMEOUT, datagram_not_yet, nullptr},
    {DTLS_CTRL_HANDLE_TIMEOUT, datagram_not_yet, nullptr},
    {SSL_CTRL_GET_RI_SUPPORT, get_renegotiation_support, nullptr},
    {SSL_CTRL_CLEAR_MODE, CIAO_BOTH(clear_mode)},
    {SSL_CTRL_SET_TLS_EXT_SRP_USERNAME, nullptr, srp_absent},
    {SSL_CTRL_SET_TLS_EXT_SRP_STRENGTH, nullptr, srp_absent},
    {SSL_CTRL_SET_TLS_EXT_SRP_PASSWORD, nullptr, srp_absent},
    {SSL_CTRL_GET_EXTRA_CHAIN_CERTS, nullptr, get_extra_chain_certificates},
    {SSL_CTRL_CLEAR_EXTRA_CHAIN_CERTS, nullptr, clear_extra_chain_certificates},
    {SSL_CTRL_CHAIN, CIAO_BOTH(change_chain)},
    {SSL_CTRL_CHAIN_CERT, CIAO_BOTH(change_chain_certificate)},
    {SSL_CTRL_GET_GROUPS, get_groups, nullptr},
    {SSL_CTRL_SET_GROUPS, CIAO_BOTH(set_groups_nids)},
    {SSL_CTRL_SET_GROUPS_LIST, CIAO_BOTH(set_groups_list)},
    {SSL_CTRL_GET_SHARED_GROUP, get_shared_group, nullptr},
    {SSL_CTRL_SET_SIGALGS, CIAO_BOTH(set_sigalgs_nids)},
    {SSL_CTRL_SET_SIGALGS_LIST, CIAO_BOTH(set_sigalgs_list)},
    {SSL_CTRL_CERT_FLAGS, CIAO_BOTH(add_certificate_flags)},
    {SSL_CTRL_CLEAR_CERT_FLAGS, CIAO_BOTH(clear_certificate_flags)},
    {SSL_CTRL_SET_CLIENT_SIGALGS, CIAO_BOTH(set_client_sigalgs_nids)},
    {SSL_CTRL_SET_CLIENT_SIGALGS_LIST, CIAO_BOTH(set_client_sigalgs_list)},
    {SSL_CTRL_GET_CLIENT_CERT_TYPES, get_certificate_types, nullptr},
    {SSL_CTRL_SET_CLIENT_CERT_TYPES, CIAO_BOTH(set_certificate_types)},
    {SSL_CTRL_BUILD_CERT_CHAIN, CIAO_BOTH(build_certificate_chain)},
    {SSL_CTRL_SET_VERIFY_CERT_STORE, CIAO_BOTH(set_verify_store)},
    {SSL_CTRL_SET_CHAIN_CERT_STORE, CIAO_BOTH(set_chain_store)},
    {SSL_CTRL_GET_PEER_SIGNATURE_NID, get_peer_signature_nid, nullptr},
    {SSL_CTRL_GET_PEER_TMP_KEY, get_peer_tmp_key, nullptr},
    {SSL_CTRL_GET_RAW_CIPHERLIST, get_raw_cipher_list, nullptr},
    {SSL_CTRL_GET_EC_POINT_FORMATS, get_ec_point_formats, nullptr},
    {SSL_CTRL_GET_CHAIN_CERTS, CIAO_BOTH(get_chain)},
    {SSL_CTRL_SELECT_CURRENT_CERT, CIAO_BOTH(select_current_certificate)},
    {SSL_CTRL_SET_CURRENT_CERT, CIAO_BOTH(set_current_certificate)},
    {SSL_CTRL_SET_DH_AUTO, CIAO_BOTH(set_tmp_dh_auto)},
    {DTLS_CTRL_SET_LINK_MTU, datagram_not_yet, nullptr},
    {DTLS_CTRL_GET_LINK_MIN_MTU, datagram_not_yet, nullptr},
    {SSL_CTRL_GET_EXTMS_SUPPORT, get_extended_master_secret_support, nullptr},
    {SSL_CTRL_SET_MIN_PROTO_VERSION, CIAO_BOTH(set_min_version)},
    {SSL_CTRL_SET_MAX_PROTO_VERSION, CIAO_BOTH(set_max_version)},
    {SSL_CTRL_SET_SPLIT_SEND_FRAGMENT, CIAO_BOTH(set_split_send_fragment)},
    {SSL_CTRL_SET_MAX_PIPELINES, CIAO_BOTH(set_max_pipelines)},
    {SSL_CTRL_GET_TLSEXT_STATUS_REQ_TYPE, get_status_type, get_status_type},
    {SSL_CTRL_GET_TLSEXT_STATUS_REQ_CB, nullptr, get_status_callback},
    {SSL_CTRL_GET_TLSEXT_STATUS_REQ_CB_ARG, nullptr, get_status_argument},
    {SSL_CTRL_GET_MIN_PROTO_VERSION, CIAO_BOTH(get_min_version)},
    {SSL_CTRL_GET_MAX_PROTO_VERSION, CIAO_BOTH(get_max_version)},
    {SSL_CTRL_GET_SIGNATURE_NID, get_signature_nid, nullptr},
    {SSL_CTRL_GET_TMP_KEY, get_tmp_key, nullptr},
    {SSL_CTRL_GET_NEGOTIATED_GROUP, get_negotiated_group, nullptr},
    {SSL_CTRL_SET_RETRY_VERIFY, set_retry_verify, nullptr},
    {SSL_CTRL_GET_VERIFY_CERT_STORE, CIAO_BOTH(get_verify_store)},
    {SSL_CTRL_GET_CHAIN_CERT_STORE, CIAO_BOTH(get_chain_store)},
});

constexpr auto kCallbackCommands = std::to_array<CallbackCommand>({
    {SSL_CTRL_SET_TMP_DH_CB, CIAO_BOTH(set_tmp_dh_callback)},
    {SSL_CTRL_SET_MSG_CALLBACK, CIAO_BOTH(set_message_callback)},
    {SSL_CTRL_SET_TLSEXT_SERVERNAME_CB, nullptr, set_servername_callback},
    {SSL_CTRL_SET_TLSEXT_DEBUG_CB, set_extension_debug_callback, nullptr},
    {SSL_CTRL_SET_TLSEXT_STATUS_REQ_CB, nullptr, set_status_callback},
    {SSL_CTRL_SET_TLSEXT_TICKET_KEY_CB, nullptr, ticket_key_callback},
    {SSL_CTRL_SET_TLS_EXT_SRP_USERNAME_CB, nullptr, srp_callback_absent},
    {SSL_CTRL_SET_SRP_VERIFY_PARAM_CB, nullptr, srp_callback_absent},
    {SSL_CTRL_SET_SRP_GIVE_CLIENT_PWD_CB, nullptr, srp_callback_absent},
    {SSL_CTRL_SET_NOT_RESUMABLE_SESS_CB, CIAO_BOTH(set_not_resumable_callback)},
});

#undef CIAO_BOTH

static_assert(std::ranges::is_sorted(kCommands, {}, &Command::number));
static_assert(std::ranges::is_sorted(kCallbackCommands, {}, &CallbackCommand::number));

template <class Table>
auto find_entry(const Table& table, int number) -> decltype(table.data()) {
  const auto found = std::ranges::lower_bound(table, number, {},
                                              &std::remove_reference_t<decltype(table[0])>::number);
  return found != table.end() && found->number == number ? &*found : nullptr;
}

}  // namespace

SslHandler find_ssl_command(int command) {
  const Command* entry = find_entry(kCommands, command);
  return entry != nullptr ? entry->ssl : nullptr;
}

ContextHandler find_context_command(int command) {
  const Command* entry = find_entry(kCommands, command);
  return entry != nullptr ? entry->context : nullptr;
}

SslCallbackHandler find_ssl_callback_command(int command) {
  const CallbackCommand* entry = find_entry(kCallbackCommands, command);
  return entry != nullptr ? entry->ssl : nullptr;
}

ContextCallbackHandler find_context_callback_command(int command) {
  const CallbackCommand* entry = find_entry(kCallbackCommands, command);
  return entry != nullptr ? entry->context : nullptr;
}

}  // namespace ciao::tls
