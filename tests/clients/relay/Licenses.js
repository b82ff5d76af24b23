// A page of an application with Relay: a list that is paged, of licences that are each fetched again by their ids.
import { graphql } from 'relay-runtime';

graphql`
  query LicensesQuery($reference: String!, $first: Int!, $after: String) {
    account(reference: $reference) {
      ...Licenses_account @arguments(first: $first, after: $after)
    }
  }
`;

graphql`
  fragment Licenses_account on Account
  @argumentDefinitions(first: { type: "Int!" }, after: { type: "String" })
  @refetchable(queryName: "LicensesNextQuery") {
    reference
    licenses(first: $first, after: $after, orderBy: SERIAL) @connection(key: "Licenses_licenses") {
      edges {
        node {
          serial
          ...Licenses_license
        }
      }
    }
  }
`;

graphql`
  fragment Licenses_license on License
  @argumentDefinitions(on: { type: "Date" })
  @refetchable(queryName: "LicensesAgainQuery") {
    serial
    coverage(on: $on) {
      state
      expiresOn
    }
  }
`;
