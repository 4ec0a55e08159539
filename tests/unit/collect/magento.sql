-- The tables of a Magento store that the feed reads, with the columns that matter here (db_schema.xml of 2.4).

CREATE TABLE magento_logging_event (
    log_id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    ip BIGINT,
    x_forwarded_ip BIGINT,
    event_code VARCHAR(100),
    time TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    action VARCHAR(20),
    info TEXT,
    status VARCHAR(15),
    user VARCHAR(40),
    user_id INT,
    fullaction VARCHAR(200),
    error_message TEXT
);

CREATE TABLE magento_logging_event_changes (
    id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    source_name VARCHAR(150),
    event_id INT UNSIGNED,
    source_id INT,
    original_data MEDIUMTEXT,
    result_data MEDIUMTEXT
);

CREATE TABLE password_reset_request_event (
    id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    request_type SMALLINT,
    account_reference VARCHAR(255),
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    ip VARCHAR(15)
);

CREATE TABLE magento_login_as_customer_log (
    log_id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    time TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    user_id INT,
    user_name VARCHAR(40),
    customer_id INT,
    customer_email VARCHAR(40)
);

CREATE TABLE magento_bulk (
    id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    uuid VARBINARY(39),
    user_id INT,
    user_type INT,
    description VARCHAR(255),
    operation_count INT,
    start_time TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE magento_operation (
    id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    bulk_uuid VARBINARY(39),
    operation_key INT,
    topic_name VARCHAR(255),
    status SMALLINT,
    error_code SMALLINT,
    started_at TIMESTAMP NULL
);

CREATE TABLE admin_user_session (
    id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    session_id VARCHAR(1),
    user_id INT,
    status SMALLINT,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
    ip VARCHAR(15)
);

CREATE TABLE admin_user_expiration (
    user_id INT UNSIGNED PRIMARY KEY,
    expires_at TIMESTAMP NOT NULL DEFAULT '0000-00-00 00:00:00'
);

CREATE TABLE customer_log (
    log_id INT AUTO_INCREMENT PRIMARY KEY,
    customer_id INT NOT NULL UNIQUE,
    last_login_at TIMESTAMP NULL,
    last_logout_at TIMESTAMP NULL
);

CREATE TABLE customer_visitor (
    visitor_id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    customer_id INT NULL,
    session_id VARCHAR(1) NULL,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    last_visit_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
    KEY (last_visit_at)
);

CREATE TABLE admin_user (
    user_id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    username VARCHAR(40),
    email VARCHAR(128),
    password VARCHAR(255),
    is_active SMALLINT DEFAULT 1,
    created TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    failures_num SMALLINT DEFAULT 0,
    first_failure TIMESTAMP NULL,
    lock_expires TIMESTAMP NULL
);

CREATE TABLE integration (
    integration_id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    name VARCHAR(255),
    endpoint VARCHAR(255),
    status SMALLINT,
    consumer_id INT,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    setup_type SMALLINT,
    identity_link_url VARCHAR(255)
);

CREATE TABLE oauth_consumer (
    entity_id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    name VARCHAR(255),
    `key` VARCHAR(32),
    secret VARCHAR(128),
    callback_url TEXT,
    rejected_callback_url TEXT
);

CREATE TABLE oauth_token (
    entity_id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    consumer_id INT,
    admin_id INT,
    customer_id INT,
    type VARCHAR(16),
    token VARCHAR(32),
    secret VARCHAR(128),
    revoked SMALLINT DEFAULT 0,
    authorized SMALLINT DEFAULT 0,
    user_type INT,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE oauth_token_request_log (
    log_id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    user_name VARCHAR(255),
    user_type SMALLINT,
    failures_count SMALLINT,
    lock_expires_at TIMESTAMP NULL
);

CREATE TABLE jwt_auth_revoked (
    user_type_id INT,
    user_id INT,
    revoke_before BIGINT,
    PRIMARY KEY (user_type_id, user_id)
);

CREATE TABLE authorization_role (
    role_id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    parent_id INT,
    role_type VARCHAR(1),
    user_id INT,
    user_type VARCHAR(16),
    role_name VARCHAR(50)
);

CREATE TABLE authorization_rule (
    rule_id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    role_id INT,
    resource_id VARCHAR(255),
    permission VARCHAR(10)
);

CREATE TABLE cms_block (
    block_id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    title VARCHAR(255),
    identifier VARCHAR(255),
    content MEDIUMTEXT,
    creation_time TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    update_time TIMESTAMP DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
    is_active SMALLINT DEFAULT 1
);

CREATE TABLE cms_page (
    page_id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    title VARCHAR(255),
    identifier VARCHAR(255),
    content MEDIUMTEXT,
    creation_time TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    update_time TIMESTAMP DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
    is_active SMALLINT DEFAULT 1
);

CREATE TABLE core_config_data (
    config_id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    scope VARCHAR(8) DEFAULT 'default',
    scope_id INT DEFAULT 0,
    path VARCHAR(255),
    value TEXT,
    updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP
);
