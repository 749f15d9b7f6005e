// What the runner asks of one connection, as its command line says it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace shim {

// One field a flag, named after it. Flags that only BoringSSL's interface can serve have no field:
// the shim does not know them, and says so with kUnimplemented.
struct Settings {
  // The connection.
  int port = 0;
  int resume_count = 0;
  int resumption_delay = 0;
  bool server = false;
  bool async = false;

  // What is configured.
  std::string advertise_alpn;
  std::string advertise_npn;
  std::string cert_file;
  std::string cipher;
  std::string host_name;
  std::string key_file;
  std::string ocsp_response;
  std::string psk;
  std::string psk_identity;
  std::string select_alpn;
  std::string select_next_proto;
  std::string signed_cert_timestamps;
  std::string srtp_profiles;
  std::optional<std::string> use_client_ca_list;
  std::vector<int> curves;
  std::vector<int> signing_prefs;
  std::vector<int> verify_prefs;
  int max_cert_list = 0;
  int max_send_fragment = 0;
  int max_version = 0;
  int min_version = 0;
  bool allow_unknown_alpn_protos = false;
  bool decline_alpn = false;
  bool decline_ocsp_callback = false;
  bool enable_early_data = false;
  bool enable_ocsp_stapling = false;
  bool enable_signed_cert_timestamps = false;
  bool fail_cert_callback = false;
  bool fail_early_callback = false;
  bool fail_ocsp_callback = false;
  bool fallback_scsv = false;
  bool no_ticket = false;
  bool no_tls1 = false;
  bool no_tls11 = false;
  bool no_tls12 = false;
  bool no_tls13 = false;
  bool partial_write = false;
  bool reject_alpn = false;
  bool renegotiate_freely = false;
  bool renegotiate_once = false;
  bool forbid_renegotiation_after_handshake = false;
  bool renew_ticket = false;
  bool require_any_client_certificate = false;
  bool select_empty_alpn = false;
  bool server_preference = false;
  bool set_ocsp_in_callback = false;
  bool use_custom_verify_callback = false;
  bool use_early_callback = false;
  bool use_ocsp_callback = false;
  bool use_old_client_cert_callback = false;
  bool use_ticket_callback = false;
  bool verify_fail = false;
  bool verify_peer = false;

  // What is done.
  std::string export_context;
  std::string export_label;
  int export_keying_material = 0;
  int read_size = 0;
  bool check_close_notify = false;
  bool export_traffic_secrets = false;
  bool handshake_twice = false;
  bool implicit_handshake = false;
  bool key_update = false;
  bool no_op_extra_handshake = false;
  bool peek_then_read = false;
  bool read_with_unfinished_write = false;
  bool shim_shuts_down = false;
  bool shim_writes_first = false;
  bool tls_unique = false;
  bool use_export_context = false;
  bool use_exporter_between_reads = false;
  bool write_different_record_sizes = false;

  // What is expected.
  std::optional<std::string> expect_advertised_alpn;
  std::optional<std::string> expect_alpn;
  std::optional<std::string> expect_certificate_types;
  std::optional<std::string> expect_client_ca_list;
  std::optional<std::string> expect_early_data_reason;
  std::optional<std::string> expect_msg_callback;
  std::optional<std::string> expect_next_proto;
  std::optional<std::string> expect_ocsp_response;
  std::optional<std::string> expect_peer_cert_file;
  std::optional<std::string> expect_server_name;
  std::optional<std::string> expect_signed_cert_timestamps;
  std::vector<int> expect_peer_verify_pref;
  int expect_cipher = 0;
  int expect_curve_id = 0;
  int expect_peer_signature_algorithm = 0;
  int expect_total_renegotiations = 0;
  int expect_version = 0;
  bool expect_accept_early_data = false;
  bool expect_extended_master_secret = false;
  bool expect_hrr = false;
  bool expect_no_hrr = false;
  bool expect_no_offer_early_data = false;
  bool expect_no_secure_renegotiation = false;
  bool expect_no_session = false;
  bool expect_no_session_id = false;
  bool expect_reject_early_data = false;
  bool expect_secure_renegotiation = false;
  bool expect_session_id = false;
  bool expect_session_miss = false;
  bool expect_ticket_renewal = false;
  bool expect_ticket_supports_early_data = false;
  bool expect_verify_result = false;
};

// The first connection, those that resume it, and what holds of one of those after its early data
// was rejected.
struct Plan {
  Settings initial;
  Settings resume;
  Settings retry;
};

enum class Parsed { ok, unknown_flag, bad_value };

// `why` names the flag when the answer is not `ok`.
Parsed parse_flags(std::span<char* const> arguments, Plan& plan, std::string& why);

}  // namespace shim
