"""The part of GitHub's GraphQL schema that the sandbox serves."""

# Names and types are those of the official schema; a test compares them.
SDL = '''
"""An ISO-8601 encoded UTC date string."""
scalar DateTime

type Query {
  viewer: User!
  rateLimit: RateLimit
  repository(owner: String!, name: String!, followRenames: Boolean = true): Repository
  repositoryOwner(login: String!): RepositoryOwner
  nodes(ids: [ID!]!): [Node]!
  search(
    after: String, first: Int, last: Int, query: String!, type: SearchType!
  ): SearchResultItemConnection!
}

enum SearchType {
  ISSUE
  REPOSITORY
}

type SearchResultItemConnection {
  issueCount: Int!
  repositoryCount: Int!
  nodes: [SearchResultItem]
  pageInfo: PageInfo!
}

union SearchResultItem = Issue | Repository

interface Node {
  id: ID!
}

scalar URI

scalar BigInt

type CheckSuite implements Node {
  id: ID!
  databaseId: Int
  status: CheckStatusState!
  conclusion: CheckConclusionState
  createdAt: DateTime!
  updatedAt: DateTime!
  branch: Ref
  commit: Commit!
  workflowRun: WorkflowRun
  checkRuns(first: Int, filterBy: CheckRunFilter): CheckRunConnection
}

type CheckSuiteConnection {
  nodes: [CheckSuite]
  pageInfo: PageInfo!
  totalCount: Int!
}

type WorkflowRun implements Node {
  id: ID!
  databaseId: Int
  event: String!
  runNumber: Int!
  createdAt: DateTime!
  updatedAt: DateTime!
  checkSuite: CheckSuite!
  url: URI!
  workflow: Workflow!
}

type WorkflowRunConnection {
  nodes: [WorkflowRun]
  pageInfo: PageInfo!
  totalCount: Int!
}

type Workflow implements Node {
  id: ID!
  databaseId: Int
  name: String!
  state: WorkflowState!
  runs(after: String, first: Int, last: Int): WorkflowRunConnection!
}

enum WorkflowState {
  ACTIVE
  DELETED
  DISABLED_FORK
  DISABLED_INACTIVITY
  DISABLED_MANUALLY
}

enum CheckStatusState {
  COMPLETED
  IN_PROGRESS
  PENDING
  QUEUED
  REQUESTED
  WAITING
}

input CheckRunFilter {
  checkType: CheckRunType
  conclusions: [CheckConclusionState!]
}

enum CheckRunType {
  ALL
  LATEST
}

enum CheckConclusionState {
  ACTION_REQUIRED
  CANCELLED
  FAILURE
  NEUTRAL
  SKIPPED
  STALE
  STARTUP_FAILURE
  SUCCESS
  TIMED_OUT
}

type CheckRunConnection {
  nodes: [CheckRun]
  totalCount: Int!
}

type CheckRun implements Node {
  id: ID!
  name: String!
  detailsUrl: URI
  status: CheckStatusState!
  conclusion: CheckConclusionState
  startedAt: DateTime
  completedAt: DateTime
  steps(first: Int): CheckStepConnection
  annotations(first: Int): CheckAnnotationConnection
}

type CheckStepConnection {
  nodes: [CheckStep]
  totalCount: Int!
}

type CheckStep {
  name: String!
  number: Int!
  conclusion: CheckConclusionState
  startedAt: DateTime
  completedAt: DateTime
}

type CheckAnnotationConnection {
  nodes: [CheckAnnotation]
  totalCount: Int!
}

enum CheckAnnotationLevel {
  FAILURE
  NOTICE
  WARNING
}

type CheckAnnotation {
  annotationLevel: CheckAnnotationLevel
  message: String!
  title: String
  path: String!
  location: CheckAnnotationSpan!
}

type CheckAnnotationSpan {
  start: CheckAnnotationPosition!
}

type CheckAnnotationPosition {
  line: Int!
}

interface Actor {
  login: String!
}

interface RepositoryOwner {
  id: ID!
  login: String!
  repositories(
    after: String, first: Int, isArchived: Boolean, isFork: Boolean, last: Int, orderBy: RepositoryOrder,
    ownerAffiliations: [RepositoryAffiliation] = [OWNER, COLLABORATOR], privacy: RepositoryPrivacy
  ): RepositoryConnection!
}

type User implements Actor & RepositoryOwner {
  id: ID!
  login: String!
  repositories(
    after: String, first: Int, isArchived: Boolean, isFork: Boolean, last: Int, orderBy: RepositoryOrder,
    ownerAffiliations: [RepositoryAffiliation] = [OWNER, COLLABORATOR], privacy: RepositoryPrivacy
  ): RepositoryConnection!
}

type Bot implements Actor {
  login: String!
}

type Organization implements Actor & RepositoryOwner {
  id: ID!
  login: String!
  repositories(
    after: String, first: Int, isArchived: Boolean, isFork: Boolean, last: Int, orderBy: RepositoryOrder,
    ownerAffiliations: [RepositoryAffiliation] = [OWNER, COLLABORATOR], privacy: RepositoryPrivacy
  ): RepositoryConnection!
}

input RepositoryOrder {
  direction: OrderDirection!
  field: RepositoryOrderField!
}

enum RepositoryOrderField {
  CREATED_AT
  NAME
  PUSHED_AT
  STARGAZERS
  UPDATED_AT
}

enum RepositoryAffiliation {
  COLLABORATOR
  OWNER
}

enum RepositoryPrivacy {
  PRIVATE
  PUBLIC
}

type RepositoryConnection {
  nodes: [Repository]
  pageInfo: PageInfo!
  totalCount: Int!
}

type RepositoryTopicConnection {
  nodes: [RepositoryTopic]
  pageInfo: PageInfo!
  totalCount: Int!
}

type RepositoryTopic implements Node {
  id: ID!
  topic: Topic!
}

type Topic implements Node {
  id: ID!
  name: String!
}

type PageInfo {
  endCursor: String
  hasNextPage: Boolean!
  hasPreviousPage: Boolean!
  startCursor: String
}

type RateLimit {
  cost: Int!
  limit: Int!
  remaining: Int!
  resetAt: DateTime!
  used: Int!
}

type Repository implements Node {
  id: ID!
  databaseId: Int
  name: String!
  nameWithOwner: String!
  description: String
  url: URI!
  owner: RepositoryOwner!
  isArchived: Boolean!
  isFork: Boolean!
  isPrivate: Boolean!
  hasIssuesEnabled: Boolean!
  createdAt: DateTime!
  pushedAt: DateTime
  updatedAt: DateTime!
  repositoryTopics(after: String, first: Int, last: Int): RepositoryTopicConnection!
  defaultBranchRef: Ref
  issue(number: Int!): Issue
  issues(
    after: String, first: Int, labels: [String!], last: Int, orderBy: IssueOrder, states: [IssueState!]
  ): IssueConnection!
  ref(qualifiedName: String!): Ref
  refs(
    after: String, first: Int, last: Int, orderBy: RefOrder, query: String, refPrefix: String!
  ): RefConnection
  object(expression: String, oid: GitObjectID): GitObject
}

input IssueOrder {
  direction: OrderDirection!
  field: IssueOrderField!
}

enum IssueOrderField {
  COMMENTS
  CREATED_AT
  UPDATED_AT
}

type Ref implements Node {
  id: ID!
  name: String!
  prefix: String!
  target: GitObject
  compare(headRef: String!): Comparison
}

type RefConnection {
  nodes: [Ref]
  pageInfo: PageInfo!
  totalCount: Int!
}

input RefOrder {
  direction: OrderDirection!
  field: RefOrderField!
}

enum RefOrderField {
  ALPHABETICAL
  TAG_COMMIT_DATE
}

enum OrderDirection {
  ASC
  DESC
}

type Comparison implements Node {
  id: ID!
  aheadBy: Int!
  behindBy: Int!
  status: ComparisonStatus!
  commits(after: String, first: Int, last: Int): ComparisonCommitConnection!
}

type ComparisonCommitConnection {
  nodes: [Commit]
  pageInfo: PageInfo!
  totalCount: Int!
}

enum ComparisonStatus {
  AHEAD
  BEHIND
  DIVERGED
  IDENTICAL
}

type Issue implements Node {
  id: ID!
  databaseId: Int
  fullDatabaseId: BigInt
  number: Int!
  title: String!
  state: IssueState!
  closedAt: DateTime
  createdAt: DateTime!
  updatedAt: DateTime!
  url: URI!
  body: String!
  stateReason(enableDuplicate: Boolean = false): IssueStateReason
  author: Actor
  editor: Actor
  lastEditedAt: DateTime
  authorAssociation: CommentAuthorAssociation!
  labels(after: String, first: Int, last: Int): LabelConnection
  timelineItems(
    after: String, first: Int, itemTypes: [IssueTimelineItemsItemType!], last: Int
  ): IssueTimelineItemsConnection!
}

type IssueConnection {
  nodes: [Issue]
  pageInfo: PageInfo!
  totalCount: Int!
}

type LabelConnection {
  nodes: [Label]
  pageInfo: PageInfo!
  totalCount: Int!
}

type Label implements Node {
  id: ID!
  name: String!
  color: String!
}

enum CommentAuthorAssociation {
  COLLABORATOR
  CONTRIBUTOR
  FIRST_TIMER
  FIRST_TIME_CONTRIBUTOR
  MANNEQUIN
  MEMBER
  NONE
  OWNER
}

enum IssueState {
  CLOSED
  OPEN
}

enum IssueStateReason {
  COMPLETED
  DUPLICATE
  NOT_PLANNED
  REOPENED
}

enum IssueTimelineItemsItemType {
  CLOSED_EVENT
}

type IssueTimelineItemsConnection {
  nodes: [IssueTimelineItems]
  pageInfo: PageInfo!
  totalCount: Int!
}

union IssueTimelineItems = ClosedEvent

type ClosedEvent implements Node {
  id: ID!
  actor: Actor
  closer: Closer
  createdAt: DateTime!
  stateReason: IssueStateReason
}

union Closer = Commit | PullRequest

type PullRequestConnection {
  nodes: [PullRequest]
  pageInfo: PageInfo!
  totalCount: Int!
}

type PullRequest implements Node {
  id: ID!
  author: Actor
  baseRefName: String!
  number: Int!
  mergeCommit: Commit
}

scalar GitObjectID

scalar GitTimestamp

interface GitObject {
  oid: GitObjectID!
}

type Commit implements GitObject {
  oid: GitObjectID!
  messageHeadline: String!
  associatedPullRequests(after: String, first: Int, last: Int): PullRequestConnection
  committedDate: DateTime!
  author: GitActor
  checkSuites(after: String, first: Int, last: Int): CheckSuiteConnection
  history(first: Int, since: GitTimestamp): CommitHistoryConnection!
}

type CommitHistoryConnection {
  nodes: [Commit]
  pageInfo: PageInfo!
  totalCount: Int!
}

type GitActor {
  name: String
  user: User
}

type Tag implements GitObject {
  oid: GitObjectID!
  name: String!
  target: GitObject!
}

type Tree implements GitObject {
  oid: GitObjectID!
  entries: [TreeEntry!]
}

type TreeEntry {
  name: String!
  object: GitObject
}

type Blob implements GitObject {
  oid: GitObjectID!
  text: String
  byteSize: Int!
  isBinary: Boolean
  isTruncated: Boolean!
}
'''
