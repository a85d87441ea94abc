// The settings of PostgreSQL 17 as its pg_settings has them, without those that nobody can set. A test compares the
// table with a server.

/**
 * One line for each setting: name, context, type; then, for a number, its unit, its smallest and its largest value, and
 * for an enum its words, where they are known. The table includes settings that an earlier 17 or a server built without
 * some options lacks.
 */
export const settingsOf17 = `
DateStyle user string
IntervalStyle user enum postgres|postgres_verbose|sql_standard|iso_8601
TimeZone user string
allow_alter_system sighup bool
allow_in_place_tablespaces superuser bool
allow_system_table_mods superuser bool
application_name user string
archive_cleanup_command sighup string
archive_command sighup string
archive_library sighup string
archive_mode postmaster enum always|on|off
archive_timeout sighup integer s 0 1073741823
array_nulls user bool
authentication_timeout sighup integer s 1 600
autovacuum sighup bool
autovacuum_analyze_scale_factor sighup real - 0 100
autovacuum_analyze_threshold sighup integer - 0 2147483647
autovacuum_freeze_max_age postmaster integer - 100000 2000000000
autovacuum_max_workers postmaster integer - 1 262143
autovacuum_multixact_freeze_max_age postmaster integer - 10000 2000000000
autovacuum_naptime sighup integer s 1 2147483
autovacuum_vacuum_cost_delay sighup real ms -1 100
autovacuum_vacuum_cost_limit sighup integer - -1 10000
autovacuum_vacuum_insert_scale_factor sighup real - 0 100
autovacuum_vacuum_insert_threshold sighup integer - -1 2147483647
autovacuum_vacuum_scale_factor sighup real - 0 100
autovacuum_vacuum_threshold sighup integer - 0 2147483647
autovacuum_work_mem sighup integer kB -1 2147483647
backend_flush_after user integer 8kB 0 256
backslash_quote user enum safe_encoding|on|off
backtrace_functions superuser string
bgwriter_delay sighup integer ms 10 10000
bgwriter_flush_after sighup integer 8kB 0 256
bgwriter_lru_maxpages sighup integer - 0 1073741823
bgwriter_lru_multiplier sighup real - 0 10
bonjour postmaster bool
bonjour_name postmaster string
bytea_output user enum escape|hex
check_function_bodies user bool
checkpoint_completion_target sighup real - 0 1
checkpoint_flush_after sighup integer 8kB 0 256
checkpoint_timeout sighup integer s 30 86400
checkpoint_warning sighup integer s 0 2147483647
client_connection_check_interval user integer ms 0 2147483647
client_encoding user string
client_min_messages user enum debug5|debug4|debug3|debug2|debug1|log|notice|warning|error
cluster_name postmaster string
commit_delay superuser integer - 0 100000
commit_siblings user integer - 0 1000
commit_timestamp_buffers postmaster integer 8kB 0 131072
composite_type_mismatch superuser enum
compute_query_id superuser enum auto|regress|on|off
config_file postmaster string
constraint_exclusion user enum partition|on|off
cpu_index_tuple_cost user real - 0 1.79769e+308
cpu_operator_cost user real - 0 1.79769e+308
cpu_tuple_cost user real - 0 1.79769e+308
createrole_self_grant user string
cursor_tuple_fraction user real - 0 1
data_directory postmaster string
data_sync_retry postmaster bool
deadlock_timeout superuser integer ms 1 2147483647
debug_discard_caches superuser integer - 0 0
debug_io_direct postmaster string
debug_logical_replication_streaming user enum buffered|immediate
debug_parallel_query user enum off|on|regress
debug_pretty_print user bool
debug_print_parse user bool
debug_print_plan user bool
debug_print_rewritten user bool
default_statistics_target user integer - 1 10000
default_table_access_method user string
default_tablespace user string
default_text_search_config user string
default_toast_compression user enum pglz|lz4
default_transaction_deferrable user bool
default_transaction_isolation user enum serializable|repeatable read|read committed|read uncommitted
default_transaction_read_only user bool
dynamic_library_path superuser string
dynamic_shared_memory_type postmaster enum posix|sysv|mmap
effective_cache_size user integer 8kB 1 2147483647
effective_io_concurrency user integer - 0 1000
enable_async_append user bool
enable_bitmapscan user bool
enable_gathermerge user bool
enable_group_by_reordering user bool
enable_hashagg user bool
enable_hashjoin user bool
enable_incremental_sort user bool
enable_indexonlyscan user bool
enable_indexscan user bool
enable_material user bool
enable_memoize user bool
enable_mergejoin user bool
enable_nestloop user bool
enable_parallel_append user bool
enable_parallel_hash user bool
enable_partition_pruning user bool
enable_partitionwise_aggregate user bool
enable_partitionwise_join user bool
enable_presorted_aggregate user bool
enable_seqscan user bool
enable_sort user bool
enable_tidscan user bool
escape_string_warning user bool
event_source postmaster string
event_triggers superuser bool
exit_on_error user bool
extension_destdir superuser string
external_pid_file postmaster string
extra_float_digits user integer - -15 3
file_extend_method sighup enum
from_collapse_limit user integer - 1 2147483647
fsync sighup bool
full_page_writes sighup bool
geqo user bool
geqo_effort user integer - 1 10
geqo_generations user integer - 0 2147483647
geqo_pool_size user integer - 0 2147483647
geqo_seed user real - 0 1
geqo_selection_bias user real - 1.5 2
geqo_threshold user integer - 2 2147483647
gin_fuzzy_search_limit user integer - 0 2147483647
gin_pending_list_limit user integer kB 64 2147483647
gss_accept_delegation sighup bool
hash_mem_multiplier user real - 1 1000
hba_file postmaster string
hot_standby postmaster bool
hot_standby_feedback sighup bool
huge_page_size postmaster integer kB 0 2147483647
huge_pages postmaster enum off|on|try
icu_validation_level user enum disabled|debug5|debug4|debug3|debug2|debug1|log|notice|warning|error
ident_file postmaster string
idle_in_transaction_session_timeout user integer ms 0 2147483647
idle_session_timeout user integer ms 0 2147483647
ignore_checksum_failure superuser bool
ignore_invalid_pages postmaster bool
ignore_system_indexes backend bool
io_combine_limit user integer 8kB 1 32
jit user bool
jit_above_cost user real - -1 1.79769e+308
jit_debugging_support superuser-backend bool
jit_dump_bitcode superuser bool
jit_expressions user bool
jit_inline_above_cost user real - -1 1.79769e+308
jit_optimize_above_cost user real - -1 1.79769e+308
jit_profiling_support superuser-backend bool
jit_provider postmaster string
jit_tuple_deforming user bool
join_collapse_limit user integer - 1 2147483647
krb_caseins_users sighup bool
krb_server_keyfile sighup string
lc_messages superuser string
lc_monetary user string
lc_numeric user string
lc_time user string
listen_addresses postmaster string
lo_compat_privileges superuser bool
local_preload_libraries user string
lock_timeout user integer ms 0 2147483647
log_autovacuum_min_duration sighup integer ms -1 2147483647
log_checkpoints sighup bool
log_connections superuser-backend bool
log_destination sighup string
log_directory sighup string
log_disconnections superuser-backend bool
log_duration superuser bool
log_error_verbosity superuser enum terse|default|verbose
log_executor_stats superuser bool
log_file_mode sighup integer - 0 511
log_filename sighup string
log_hostname sighup bool
log_line_prefix sighup string
log_lock_waits superuser bool
log_min_duration_sample superuser integer ms -1 2147483647
log_min_duration_statement superuser integer ms -1 2147483647
log_min_error_statement superuser enum debug5|debug4|debug3|debug2|debug1|info|notice|warning|error|log|fatal|panic
log_min_messages superuser enum debug5|debug4|debug3|debug2|debug1|info|notice|warning|error|log|fatal|panic
log_parameter_max_length superuser integer B -1 1073741823
log_parameter_max_length_on_error user integer B -1 1073741823
log_parser_stats superuser bool
log_planner_stats superuser bool
log_recovery_conflict_waits sighup bool
log_replication_commands superuser bool
log_rotation_age sighup integer min 0 35791394
log_rotation_size sighup integer kB 0 2097151
log_startup_progress_interval sighup integer ms 0 2147483647
log_statement superuser enum none|ddl|mod|all
log_statement_sample_rate superuser real - 0 1
log_statement_stats superuser bool
log_temp_files superuser integer kB -1 2147483647
log_timezone sighup string
log_transaction_sample_rate superuser real - 0 1
log_truncate_on_rotation sighup bool
logging_collector postmaster bool
logical_decoding_work_mem user integer kB 64 2147483647
maintenance_io_concurrency user integer - 0 1000
maintenance_work_mem user integer kB 64 2147483647
max_connections postmaster integer - 1 262143
max_files_per_process postmaster integer - 64 2147483647
max_locks_per_transaction postmaster integer - 10 2147483647
max_logical_replication_workers postmaster integer - 0 262143
max_notify_queue_pages postmaster integer - 64 2147483647
max_parallel_apply_workers_per_subscription sighup integer - 0 1024
max_parallel_maintenance_workers user integer - 0 1024
max_parallel_workers user integer - 0 1024
max_parallel_workers_per_gather user integer - 0 1024
max_pred_locks_per_page sighup integer - 0 2147483647
max_pred_locks_per_relation sighup integer - -2147483648 2147483647
max_pred_locks_per_transaction postmaster integer - 10 2147483647
max_prepared_transactions postmaster integer - 0 262143
max_replication_slots postmaster integer - 0 262143
max_slot_wal_keep_size sighup integer MB -1 2147483647
max_stack_depth superuser integer kB 100 2147483647
max_standby_archive_delay sighup integer ms -1 2147483647
max_standby_streaming_delay sighup integer ms -1 2147483647
max_sync_workers_per_subscription sighup integer - 0 262143
max_wal_senders postmaster integer - 0 262143
max_wal_size sighup integer MB 2 2147483647
max_worker_processes postmaster integer - 0 262143
min_dynamic_shared_memory postmaster integer MB 0 2147483647
min_parallel_index_scan_size user integer 8kB 0 715827882
min_parallel_table_scan_size user integer 8kB 0 715827882
min_wal_size sighup integer MB 2 2147483647
multixact_member_buffers postmaster integer 8kB 16 131072
multixact_offset_buffers postmaster integer 8kB 16 131072
notify_buffers postmaster integer 8kB 16 131072
output_plugin_libraries superuser string
parallel_leader_participation user bool
parallel_setup_cost user real - 0 1.79769e+308
parallel_tuple_cost user real - 0 1.79769e+308
password_encryption user enum md5|scram-sha-256
plan_cache_mode user enum auto|force_generic_plan|force_custom_plan
port postmaster integer - 1 65535
post_auth_delay backend integer s 0 2147
pre_auth_delay sighup integer s 0 60
primary_conninfo sighup string
primary_slot_name sighup string
quote_all_identifiers user bool
random_page_cost user real - 0 1.79769e+308
recovery_end_command sighup string
recovery_init_sync_method sighup enum fsync|syncfs
recovery_min_apply_delay sighup integer ms 0 2147483647
recovery_prefetch sighup enum off|on|try
recovery_target postmaster string
recovery_target_action postmaster enum pause|promote|shutdown
recovery_target_inclusive postmaster bool
recovery_target_lsn postmaster string
recovery_target_name postmaster string
recovery_target_time postmaster string
recovery_target_timeline postmaster string
recovery_target_xid postmaster string
recursive_worktable_factor user real - 0.001 1e+06
remove_temp_files_after_crash sighup bool
reserved_connections postmaster integer - 0 262143
restart_after_crash sighup bool
restore_command sighup string
restrict_nonsystem_relation_kind user string
row_security user bool
scram_iterations user integer - 1 2147483647
search_path user string
send_abort_for_crash sighup bool
send_abort_for_kill sighup bool
seq_page_cost user real - 0 1.79769e+308
serializable_buffers postmaster integer 8kB 16 131072
session_preload_libraries superuser string
session_replication_role superuser enum origin|replica|local
shared_buffers postmaster integer 8kB 16 1073741823
shared_memory_type postmaster enum sysv|mmap
shared_preload_libraries postmaster string
ssl sighup bool
ssl_ca_file sighup string
ssl_cert_file sighup string
ssl_ciphers sighup string
ssl_crl_dir sighup string
ssl_crl_file sighup string
ssl_dh_params_file sighup string
ssl_ecdh_curve sighup string
ssl_key_file sighup string
ssl_max_protocol_version sighup enum |TLSv1|TLSv1.1|TLSv1.2|TLSv1.3
ssl_min_protocol_version sighup enum TLSv1|TLSv1.1|TLSv1.2|TLSv1.3
ssl_passphrase_command sighup string
ssl_passphrase_command_supports_reload sighup bool
ssl_prefer_server_ciphers sighup bool
standard_conforming_strings user bool
statement_timeout user integer ms 0 2147483647
stats_fetch_consistency user enum none|cache|snapshot
subtransaction_buffers postmaster integer 8kB 0 131072
summarize_wal sighup bool
superuser_reserved_connections postmaster integer - 0 262143
sync_replication_slots sighup bool
synchronize_seqscans user bool
synchronized_standby_slots sighup string
synchronous_commit user enum local|remote_write|remote_apply|on|off
synchronous_standby_names sighup string
syslog_facility sighup enum local0|local1|local2|local3|local4|local5|local6|local7
syslog_ident sighup string
syslog_sequence_numbers sighup bool
syslog_split_messages sighup bool
tcp_keepalives_count user integer - 0 2147483647
tcp_keepalives_idle user integer s 0 2147483647
tcp_keepalives_interval user integer s 0 2147483647
tcp_user_timeout user integer ms 0 2147483647
temp_buffers user integer 8kB 100 1073741823
temp_file_limit superuser integer kB -1 2147483647
temp_tablespaces user string
timezone_abbreviations user string
trace_connection_negotiation postmaster bool
trace_notify user bool
trace_sort user bool
track_activities superuser bool
track_activity_query_size postmaster integer B 100 1048576
track_commit_timestamp postmaster bool
track_counts superuser bool
track_functions superuser enum none|pl|all
track_io_timing superuser bool
track_wal_io_timing superuser bool
transaction_buffers postmaster integer 8kB 0 131072
transaction_deferrable user bool
transaction_isolation user enum serializable|repeatable read|read committed|read uncommitted
transaction_read_only user bool
transaction_timeout user integer ms 0 2147483647
transform_null_equals user bool
unix_socket_directories postmaster string
unix_socket_group postmaster string
unix_socket_permissions postmaster integer - 0 511
update_process_title superuser bool
vacuum_buffer_usage_limit user integer kB 0 16777216
vacuum_cost_delay user real ms 0 100
vacuum_cost_limit user integer - 1 10000
vacuum_cost_page_dirty user integer - 0 10000
vacuum_cost_page_hit user integer - 0 10000
vacuum_cost_page_miss user integer - 0 10000
vacuum_failsafe_age user integer - 0 2100000000
vacuum_freeze_min_age user integer - 0 1000000000
vacuum_freeze_table_age user integer - 0 2000000000
vacuum_multixact_failsafe_age user integer - 0 2100000000
vacuum_multixact_freeze_min_age user integer - 0 1000000000
vacuum_multixact_freeze_table_age user integer - 0 2000000000
wal_buffers postmaster integer 8kB -1 262143
wal_compression superuser enum pglz|lz4|zstd|on|off
wal_consistency_checking superuser string
wal_decode_buffer_size postmaster integer B 65536 1073741823
wal_init_zero superuser bool
wal_keep_size sighup integer MB 0 2147483647
wal_level postmaster enum minimal|replica|logical
wal_log_hints postmaster bool
wal_receiver_create_temp_slot sighup bool
wal_receiver_status_interval sighup integer s 0 2147483
wal_receiver_timeout sighup integer ms 0 2147483647
wal_recycle superuser bool
wal_retrieve_retry_interval sighup integer ms 1 2147483647
wal_sender_timeout user integer ms 0 2147483647
wal_skip_threshold user integer kB 0 2147483647
wal_summary_keep_time sighup integer min 0 35791394
wal_sync_method sighup enum fsync|fdatasync|open_sync|open_datasync
wal_writer_delay sighup integer ms 1 10000
wal_writer_flush_after sighup integer 8kB 0 2147483647
work_mem user integer kB 64 2147483647
xmlbinary user enum base64|hex
xmloption user enum content|document
zero_damaged_pages superuser bool
`;
