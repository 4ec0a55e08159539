"""The questions that we ask of the Admin GraphQL interface. A test holds them against the published schema of the pinned version.

They ask for configuration, never for a customer, and never for the value of a token.
"""

SHOP = "query HemostatShop { shop { id myshopifyDomain } }"

INSTALLATION = """query HemostatInstallation {
  currentAppInstallation {
    id
    accessScopes { handle }
    app { id title handle optionalAccessScopes { handle } requestedAccessScopes { handle } }
  }
}"""

STAFF = """query HemostatStaff($after: String) {
  staffMembers(first: 100, after: $after) {
    nodes { id email active exists accountType isShopOwner }
    pageInfo { hasNextPage endCursor }
  }
}"""

STOREFRONT_TOKENS = """query HemostatStorefrontTokens($after: String) {
  shop {
    storefrontAccessTokens(first: 50, after: $after) {
      nodes { id title createdAt accessScopes { handle } }
      pageInfo { hasNextPage endCursor }
    }
  }
}"""

SCRIPT_TAGS = """query HemostatScriptTags($after: String) {
  scriptTags(first: 100, after: $after) {
    nodes { id src displayScope cache }
    pageInfo { hasNextPage endCursor }
  }
}"""

WEB_PIXEL = "query HemostatWebPixel { webPixel { id } }"

SERVER_PIXEL = "query HemostatServerPixel { serverPixel { id status webhookEndpointAddress } }"

SUBSCRIPTIONS = """query HemostatSubscriptions($after: String) {
  webhookSubscriptions(first: 100, after: $after) {
    nodes { id topic uri includeFields filter format name apiVersion { handle } }
    pageInfo { hasNextPage endCursor }
  }
}"""

SUBSCRIBE = """mutation HemostatSubscribe($topic: WebhookSubscriptionTopic!, $subscription: WebhookSubscriptionInput!) {
  webhookSubscriptionCreate(topic: $topic, webhookSubscription: $subscription) {
    webhookSubscription { id topic uri }
    userErrors { field message }
  }
}"""

FIELDS = """query HemostatFields($owner: MetafieldOwnerType!, $after: String) {
  metafieldDefinitions(ownerType: $owner, first: 100, after: $after) {
    nodes { id namespace key name type { name } access { admin storefront customerAccount } }
    pageInfo { hasNextPage endCursor }
  }
}"""

THEMES = """query HemostatThemes($after: String) {
  themes(first: 50, after: $after) {
    nodes { id name role }
    pageInfo { hasNextPage endCursor }
  }
}"""

THEME_FILES = """query HemostatThemeFiles($theme: ID!, $after: String) {
  theme(id: $theme) {
    files(first: 250, after: $after) {
      nodes { filename checksumMd5 size }
      pageInfo { hasNextPage endCursor }
    }
  }
}"""

PASSWORD = "query HemostatPassword { onlineStore { passwordProtection { enabled } } }"  # noqa: S105  # a question, not a secret

PRIVACY = "query HemostatPrivacy { privacySettings { banner { enabled } dataSaleOptOutPage { autoManaged } } }"

CONSENT = "query HemostatConsent { consentPolicy { countryCode regionCode consentRequired dataSaleOptOutRequired } }"

PUBLICATIONS = """query HemostatPublications($after: String) {
  publications(first: 50, after: $after) {
    nodes { id autoPublish channels(first: 5) { nodes { id name } } }
    pageInfo { hasNextPage endCursor }
  }
}"""

EVENTS = """query HemostatEvents($since: String!, $after: String) {
  events(first: 100, after: $after, query: $since, sortKey: CREATED_AT) {
    nodes {
      id action createdAt appTitle attributeToApp attributeToUser criticalAlert
      ... on BasicEvent { author subjectId subjectType }
    }
    pageInfo { hasNextPage endCursor }
  }
}"""

BULK = """query HemostatBulk($since: String!, $after: String) {
  bulkOperations(first: 50, after: $after, query: $since, sortKey: CREATED_AT) {
    nodes { id type status errorCode createdAt completedAt objectCount rootObjectCount fileSize query }
    pageInfo { hasNextPage endCursor }
  }
}"""

VERSIONS = "query HemostatVersions { publicApiVersions { handle supported } }"
